using System.Globalization;
using System.Runtime.InteropServices;

namespace Fleet.Tests.Processes;

/// <summary>POSIX signals to other processes, which the framework can receive but not send.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>SIGSTOP: suspends the process; its sockets stay open.</summary>
    public static int Stop => OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>SIGCONT: resumes the process.</summary>
    public static int Continue => OperatingSystem.IsMacOS() ? 19 : 18;

    /// <summary>Sends a signal. False when there is no such process any more.</summary>
    public static bool Send(int processId, int signal) => SendCore(processId, signal) == 0;

    /// <summary>Whether this process ignores a signal, and so do the processes that it starts.</summary>
    public static bool IsIgnored(int signal)
    {
        const string Row = "SigIgn:";
        var row = ProcessTree.Read(Environment.ProcessId, "status").Split('\n').FirstOrDefault(line => line.StartsWith(Row, StringComparison.Ordinal));
        return row is not null && (ulong.Parse(row[Row.Length..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & (1UL << (signal - 1))) != 0;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendCore(int processId, int signal);
}
