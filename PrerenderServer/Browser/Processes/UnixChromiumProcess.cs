using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fleet.PrerenderServer.Browser.Cdp;
using Microsoft.Win32.SafeHandles;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>On Linux and macOS, Chromium reads commands from file descriptor 3 and writes messages to 4. Both are one end of a pair of sockets, which no other process can
/// connect to. <see cref="System.Diagnostics.Process"/> passes only the standard descriptors and has no process groups, so this uses <c>posix_spawn</c>.</summary>
internal sealed class UnixChromiumProcess : ChromiumProcess
{
    private readonly NetworkStream _pipe;
    private readonly NetworkStream _errors;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public UnixChromiumProcess(string executable, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        (_pipe, var pipe) = OpenPair();
        (_errors, var errors) = OpenPair();
        try
        {
            Id = PosixProcess.Spawn(executable, [executable, .. arguments], [.. environment.Select(variable => $"{variable.Key}={variable.Value}")],
                [((int)errors.DangerousGetHandle(), 2), ((int)pipe.DangerousGetHandle(), 3), ((int)pipe.DangerousGetHandle(), 4)]);
        }
        catch (PosixException e)
        {
            Dispose();
            throw new BrowserException($"it cannot be executed: {e.Message}.", e);
        }
        finally
        {
            // Only the browser keeps these ends, so that this server notices when it has exited.
            pipe.Dispose();
            errors.Dispose();
        }

        // The wait has a thread of its own, because it blocks for as long as the browser runs.
        new Thread(() => _exited.SetResult(PosixProcess.WaitForExit(Id)), maxStackSize: 256 * 1024) { IsBackground = true, Name = $"browser {Id}" }.Start();
    }

    public override int Id { get; }

    public override Stream Messages => _pipe;

    public override Stream Commands => _pipe;

    public override Stream Errors => _errors;

    public override Task<int> Exited => _exited.Task;

    public override void Kill()
    {
        if (!Exited.IsCompleted)
        {
            PosixProcess.KillGroup(Id);
        }
    }

    private static (NetworkStream Ours, SafeFileHandle Theirs) OpenPair()
    {
        var (ours, theirs) = PosixProcess.CreateSocketPair();
        return (new NetworkStream(new Socket(new SafeSocketHandle(ours, ownsHandle: true)), ownsSocket: true), new SafeFileHandle(theirs, ownsHandle: true));
    }
}

/// <summary>A call of the system failed.</summary>
internal sealed class PosixException(int error) : BrowserException(Marshal.GetPInvokeErrorMessage(error));

/// <summary>Processes by the functions of POSIX, on Linux and macOS.</summary>
internal static class PosixProcess
{
    // Values are the same on Linux (glibc, musl) and macOS, unless a name says otherwise.
    private const short SetGroup = 0x2;
    private const short SetDefaultSignals = 0x4;
    private const short SetSignalMask = 0x8;
    private const short MacCloseOtherDescriptors = 0x4000;
    private const int UnixDomain = 1;
    private const int StreamSocket = 1;
    private const int LinuxCloseOnExec = 0x80000;
    private const int ReadWrite = 2;
    private const int Interrupted = 4;
    private const int SignalKill = 9;
    private const int SignalPipe = 13;

    /// <summary>Larger than the opaque structures of these functions (at most 336 bytes).</summary>
    private const int StructureBytes = 1024;
    private const int SignalSetBytes = 128;

    /// <summary>Starts a process in a group of its own, whose id is that of the process. It inherits no descriptors but these; its input and output are empty.</summary>
    /// <param name="executable">Path of the program.</param>
    /// <param name="arguments">Its arguments; the first is its name.</param>
    /// <param name="environment">Its environment, as <c>NAME=value</c>.</param>
    /// <param name="descriptors">Descriptors of this process, and their numbers in the new one, in an order in which none is overwritten before it is used.</param>
    /// <returns>Id of the process. The caller must wait for its exit.</returns>
    /// <exception cref="PosixException">The program cannot be executed.</exception>
    public static int Spawn(string executable, string[] arguments, string[] environment, IReadOnlyList<(int From, int To)> descriptors)
    {
        var (actions, attributes) = (new byte[StructureBytes], new byte[StructureBytes]);
        Check(InitializeActions(actions));
        Check(InitializeAttributes(attributes));
        try
        {
            Check(AddOpen(actions, 0, "/dev/null", ReadWrite, 0));
            Check(AddDuplicate(actions, 0, 1));
            foreach (var (from, to) in descriptors)
            {
                Check(AddDuplicate(actions, from, to));
            }

            // .NET ignores SIGPIPE, and a child would inherit that.
            var signals = new byte[SignalSetBytes];
            signals[(SignalPipe - 1) / 8] = 1 << ((SignalPipe - 1) % 8);
            Check(SetDefault(attributes, signals));
            Check(SetMask(attributes, new byte[SignalSetBytes]));
            Check(SetProcessGroup(attributes, 0));
            Check(SetFlags(attributes, (short)(SetGroup | SetDefaultSignals | SetSignalMask | (OperatingSystem.IsMacOS() ? MacCloseOtherDescriptors : 0))));
            Check(PosixSpawn(out var id, executable, actions, attributes, [.. arguments, null], [.. environment, null]));
            return id;
        }
        finally
        {
            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
        }
    }

    /// <summary>Waits until a child has exited, and releases its id.</summary>
    /// <returns>The exit code; 128 and the number of the signal that killed it; -1 if something else waited for it.</returns>
    public static int WaitForExit(int id)
    {
        int status;
        while (WaitPid(id, out status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                return -1;
            }
        }

        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    /// <summary>Kills all processes of a group.</summary>
    public static void KillGroup(int group) => _ = Kill(-group, SignalKill);

    /// <summary>Creates two connected sockets, which a process started by .NET does not inherit.</summary>
    public static (int, int) CreateSocketPair()
    {
        var pair = new int[2];
        Check(SocketPair(UnixDomain, StreamSocket | (OperatingSystem.IsLinux() ? LinuxCloseOnExec : 0), 0, pair) == 0 ? 0 : Marshal.GetLastPInvokeError());
        return (pair[0], pair[1]);
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new PosixException(error);
        }
    }

#pragma warning disable SYSLIB1054, CA1838 // The generated form needs unsafe code in this project.
    [DllImport("libc", EntryPoint = "posix_spawn", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int PosixSpawn(out int id, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] actions, byte[] attributes,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] arguments, [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] environment);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int InitializeActions(byte[] actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int DestroyActions(byte[] actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AddOpen(byte[] actions, int descriptor, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AddDuplicate(byte[] actions, int from, int to);

    [DllImport("libc", EntryPoint = "posix_spawnattr_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int InitializeAttributes(byte[] attributes);

    [DllImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int DestroyAttributes(byte[] attributes);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetFlags(byte[] attributes, short flags);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetProcessGroup(byte[] attributes, int group);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetDefault(byte[] attributes, byte[] signals);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetMask(byte[] attributes, byte[] signals);

    [DllImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WaitPid(int id, out int status, int options);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int id, int signal);

    [DllImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SocketPair(int domain, int type, int protocol, int[] pair);
#pragma warning restore SYSLIB1054, CA1838
}
