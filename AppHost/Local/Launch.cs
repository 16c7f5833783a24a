namespace Fleet.AppHost.Local;

/// <summary>How to start a resource, again and again.</summary>
/// <param name="Resource">Its name.</param>
/// <param name="Program">Full path of the program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">Variables on top of this process's own.</param>
/// <param name="Quiet">Whether its lines are kept for error messages only.</param>
internal sealed record Launch(
    string Resource, string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, bool Quiet = false)
{
    /// <summary>A service, whose assembly lies beside this one.</summary>
    public static Launch Service(string resource, string assembly, Topology topology) => new(
        resource,
        Executables.Dotnet,
        [Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll")],
        EnvironmentContract.For(resource, topology));
}
