using System.Diagnostics;
using System.Globalization;

namespace Fleet.AppHost.Local;

/// <summary>Ends the fleet's processes when this one is killed and cannot end them itself. A shell in a session of its own reads their
/// ids from a pipe; when the pipe closes, whatever closed it, it ends those that are still listed, newest first (Redis last).</summary>
/// <remarks>The kernel's parent-death signal would need no shell, but it fires when the thread that started the child ends, and in .NET
/// that is a pool thread.</remarks>
internal sealed class OrphanGuard : IAsyncDisposable
{
    private const string Script =
        """
        trap '' INT TERM HUP
        pids=
        while read -r verb pid; do
          rest=
          for p in $pids; do [ "$p" = "$pid" ] || rest="$rest $p"; done
          if [ "$verb" = + ]; then pids="$pid$rest"; else pids=$rest; fi
        done
        for p in $pids; do
          kill -TERM "$p" 2>/dev/null || continue
          n=0
          while [ $n -lt 50 ] && kill -0 "$p" 2>/dev/null; do sleep 0.1; n=$((n + 1)); done
          kill -KILL "$p" 2>/dev/null
        done
        """;

    private readonly Lock _gate = new();
    private Process? _shell;

    private OrphanGuard(Process? shell) => _shell = shell;

    /// <summary>Starts the guard. On Windows there is none: the fleet runs in one process there unless a Redis is configured.</summary>
    public static OrphanGuard Start()
    {
        if (OperatingSystem.IsWindows())
        {
            return new(null);
        }

        var start = OwnSession.Wrap("/bin/sh", ["-c", Script]);
        start.RedirectStandardInput = true;
        return new(Process.Start(start));
    }

    /// <summary>Puts a process under guard.</summary>
    public void Watch(int processId) => Tell('+', processId);

    /// <summary>The process is gone; its id may belong to another by now.</summary>
    public void Forget(int processId) => Tell('-', processId);

    private void Tell(char verb, int processId)
    {
        lock (_gate)
        {
            if (_shell is not { HasExited: false })
            {
                return;
            }

            try
            {
                _shell.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verb} {processId}"));
                _shell.StandardInput.Flush();
            }
            catch (IOException)
            {
                // Somebody killed the guard. The fleet runs as well without it.
            }
        }
    }

    /// <summary>Closes the pipe and waits until the guard is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _shell, null) is not { } shell)
        {
            return;
        }

        shell.StandardInput.Close();
        await shell.WaitForExitAsync().ConfigureAwait(false);
        shell.Dispose();
    }
}
