using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>A running Chromium that this process started, with the ends of its debugging pipe. <see cref="IDisposable.Dispose"/> closes them, and Chromium exits.</summary>
internal abstract class ChromiumProcess : IDisposable
{
    /// <summary>Process id.</summary>
    public abstract int Id { get; }

    /// <summary>What Chromium writes to the pipe.</summary>
    public abstract Stream Messages { get; }

    /// <summary>What Chromium reads from the pipe.</summary>
    public abstract Stream Commands { get; }

    /// <summary>What Chromium writes to its standard error.</summary>
    public abstract Stream Errors { get; }

    /// <summary>Completes with the exit code when the process has exited; 128 and more tell a signal.</summary>
    public abstract Task<int> Exited { get; }

    /// <summary>Starts a Chromium in a process group of its own, which gets no signal that is for the server's group, such as Ctrl+C.</summary>
    /// <param name="executable">Path of the browser.</param>
    /// <param name="arguments">Its switches, with <c>--remote-debugging-pipe</c>.</param>
    /// <param name="environment">Its whole environment.</param>
    /// <exception cref="BrowserException">The file cannot be executed; the message says why.</exception>
    public static ChromiumProcess Start(string executable, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment) => OperatingSystem.IsWindows()
        ? new WindowsChromiumProcess(executable, arguments, environment)
        : new UnixChromiumProcess(executable, arguments, environment);

    /// <summary>Kills the process and its group. Does nothing if the process has exited.</summary>
    public abstract void Kill();

    /// <inheritdoc/>
    public void Dispose()
    {
        Messages.Dispose();
        Commands.Dispose();
        Errors.Dispose();
    }
}

/// <summary>On Windows, Chromium inherits the handles of two pipes, whose numbers are on its command line.</summary>
internal sealed class WindowsChromiumProcess : ChromiumProcess
{
    private readonly AnonymousPipeServerStream _messages = new(PipeDirection.In, HandleInheritability.Inheritable);
    private readonly AnonymousPipeServerStream _commands = new(PipeDirection.Out, HandleInheritability.Inheritable);
    private readonly Process _process;

    public WindowsChromiumProcess(string executable, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(executable, [.. arguments, $"--remote-debugging-io-pipes={_commands.GetClientHandleAsString()},{_messages.GetClientHandleAsString()}"])
        {
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            _messages.Dispose();
            _commands.Dispose();
            throw new BrowserException($"it cannot be executed: {e.Message}.", e);
        }

        _messages.DisposeLocalCopyOfClientHandle();
        _commands.DisposeLocalCopyOfClientHandle();
        Exited = WaitAsync();
    }

    public override int Id => _process.Id;

    public override Stream Messages => _messages;

    public override Stream Commands => _commands;

    public override Stream Errors => _process.StandardError.BaseStream;

    public override Task<int> Exited { get; }

    public override void Kill()
    {
        if (!Exited.IsCompleted)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }
}
