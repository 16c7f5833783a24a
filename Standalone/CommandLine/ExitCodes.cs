namespace Fleet.Standalone.CommandLine;

/// <summary>What the program's exit code says.</summary>
internal static class ExitCodes
{
    /// <summary>Done, or stopped by a signal in order.</summary>
    public const int Success = 0;

    /// <summary>The fleet could not start or go on, or the page could not be rendered.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;
}

/// <summary>An option has a wrong value. The message is one sentence for people: option, value, remedy.</summary>
internal sealed class UsageException(string message) : Exception(message);
