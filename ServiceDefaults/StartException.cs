namespace Fleet.ServiceDefaults;

/// <summary>A service cannot start. The message is for operators: it names the setting, the value and the remedy.</summary>
public sealed class StartException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether another process causes it, such as one that has the port. Then a later start may succeed. Default: false.</summary>
    public bool IsTemporary { get; init; }
}
