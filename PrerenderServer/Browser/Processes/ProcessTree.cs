using System.ComponentModel;
using System.Diagnostics;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>The processes of one browser. The browser is identified by the unique profile folder on its command line; the others by its process group, which
/// the driver creates. This also finds orphaned children, and a browser whose launch timed out.</summary>
internal sealed class ProcessTree(string profile)
{
    private readonly string _switch = ChromiumArguments.ProfileSwitch(profile);
    private int? _group;
    private int? _root;

    /// <summary>Id of the browser's own process; null until <see cref="Discover"/> finds it.</summary>
    public int? Root => _root;

    /// <summary>Id of the process that started the browser: Playwright's driver.</summary>
    public int? Driver { get; private set; }

    /// <summary>Searches for the browser. Returns false if it is not found, and always on systems other than Linux, where only Playwright manages the browser.</summary>
    public bool Discover()
    {
        if (!OperatingSystem.IsLinux() || _root is not null)
        {
            return _root is not null;
        }

        foreach (var process in LinuxProcess.All())
        {
            // Child processes have a --type switch; the browser process does not.
            var arguments = process.Arguments();
            if (arguments.Contains(_switch) && !arguments.Any(a => a.StartsWith("--type=", StringComparison.Ordinal)))
            {
                (_root, _group, Driver) = (process.Id, process.Group, process.Parent);
                // A wrapper script that did not exec leads the group. Then the driver is the parent of the script.
                if (process.Group != process.Id && LinuxProcess.Read(process.Group) is { } leader)
                {
                    Driver = leader.Parent;
                }

                return true;
            }
        }

        return false;
    }

    /// <summary>The running processes of the browser.</summary>
    public IReadOnlyList<LinuxProcess> Members()
    {
        Discover();
        // Never return this server's own process group: killing it would kill the server.
        return _group is { } group && OperatingSystem.IsLinux() && group != LinuxProcess.Read(Environment.ProcessId)?.Group
            ? [.. LinuxProcess.All().Where(p => p.Group == group)]
            : [];
    }

    /// <summary>Kills all processes of the browser and waits until they have exited. Throws <see cref="BrowserException"/> after the deadline.</summary>
    public async Task KillAsync(TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (Members() is { Count: > 0 } members)
        {
            if (time.GetElapsedTime(start) > deadline)
            {
                throw new BrowserException($"{members.Count} browser processes ({string.Join(", ", members.Select(m => m.Id))}) did not exit within {deadline.TotalSeconds:0.#} s of SIGKILL.");
            }

            foreach (var member in members)
            {
                Kill(member.Id);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellationToken);
        }
    }

    /// <summary>Kills the driver that started the browser, if it is still running.</summary>
    public void KillDriver()
    {
        // The id may have been reused. The command line confirms that the process is a driver.
        if (Driver is { } id && LinuxProcess.Read(id) is { } driver && driver.Arguments().Contains("run-driver"))
        {
            Kill(id);
        }
    }

    /// <summary>Kills a process. Does nothing if it has already exited.</summary>
    public static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // The process has already exited.
        }
    }

    /// <summary>Memory of the whole tree in bytes.</summary>
    public long MeasureBytes() => Members().Sum(p => p.ProportionalBytes() ?? WorkingSet(p.Id));

    private static long WorkingSet(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.WorkingSet64;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return 0;
        }
    }
}
