namespace Fleet.PrerenderServer.Registration;

/// <summary>Keeps a server whose pool is ready from taking renders.</summary>
internal sealed class ReadinessHold
{
    private volatile string? _reason;

    /// <summary>Why the server takes no renders yet, for people; null when nothing holds it.</summary>
    public string? Reason
    {
        get => _reason;
        set => _reason = value;
    }
}
