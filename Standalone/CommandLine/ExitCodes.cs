namespace Fleet.Standalone.CommandLine;

/// <summary>Exit codes of the program.</summary>
internal static class ExitCodes
{
    /// <summary>Done, or stopped cleanly by a signal.</summary>
    public const int Success = 0;

    /// <summary>The fleet could not start or go on, or the page could not be rendered.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;
}

/// <summary>An option has a wrong value. The message names option, value and remedy in one sentence.</summary>
internal sealed class UsageException(string message) : Exception(message);
