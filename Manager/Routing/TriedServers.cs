namespace Fleet.Manager.Routing;

/// <summary>Servers that one render was tried on without success, by incarnation.</summary>
internal sealed class TriedServers
{
    private readonly HashSet<string> _excluded = [];
    private readonly HashSet<string> _avoided = [];

    /// <summary>Whether it is not to be tried again.</summary>
    public bool IsExcluded(string incarnation) => _excluded.Contains(incarnation);

    /// <summary>Whether it is not to be tried again while there is another.</summary>
    public bool IsTried(string incarnation) => _excluded.Contains(incarnation) || _avoided.Contains(incarnation);

    public void Exclude(string incarnation) => _excluded.Add(incarnation);

    public void Avoid(string incarnation) => _avoided.Add(incarnation);
}
