using System.Runtime.InteropServices;

namespace Fleet.Tests.Processes;

/// <summary>POSIX signals to other processes, which the framework can receive but not send.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>SIGSTOP: the process stands still, its sockets stay open.</summary>
    public static int Stop => OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>SIGCONT: it goes on.</summary>
    public static int Continue => OperatingSystem.IsMacOS() ? 19 : 18;

    /// <summary>Sends a signal. False when there is no such process any more.</summary>
    public static bool Send(int processId, int signal) => SendCore(processId, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendCore(int processId, int signal);
}
