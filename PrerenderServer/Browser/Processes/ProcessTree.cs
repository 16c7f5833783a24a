using System.ComponentModel;
using System.Diagnostics;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>The processes of one browser. They are found by the profile folder on the command line, which only we name, and by the process
/// group that the driver gives the browser: so children that lost their parent are found too, and a browser whose launch never answered.</summary>
internal sealed class ProcessTree(string profile)
{
    private readonly string _switch = ChromiumArguments.ProfileSwitch(profile);
    private int? _group;
    private int? _root;

    /// <summary>Id of the browser's own process; null before <see cref="Discover"/> saw it.</summary>
    public int? Root => _root;

    /// <summary>Id of the process that started the browser: Playwright's driver.</summary>
    public int? Driver { get; private set; }

    /// <summary>Looks for the browser. False when it is not there (or no Linux, where Playwright alone must do).</summary>
    public bool Discover()
    {
        if (!OperatingSystem.IsLinux() || _root is not null)
        {
            return _root is not null;
        }

        foreach (var process in LinuxProcess.All())
        {
            // Renderers and zygotes carry --type; the browser does not.
            var arguments = process.Arguments();
            if (arguments.Contains(_switch) && !arguments.Any(a => a.StartsWith("--type=", StringComparison.Ordinal)))
            {
                (_root, _group, Driver) = (process.Id, process.Group, process.Parent);
                // A wrapper script that did not exec leads the group; the driver is its parent then.
                if (process.Group != process.Id && LinuxProcess.Read(process.Group) is { } leader)
                {
                    Driver = leader.Parent;
                }

                return true;
            }
        }

        return false;
    }

    /// <summary>The live processes of the browser.</summary>
    public IReadOnlyList<LinuxProcess> Members()
    {
        Discover();
        // The group check against our own keeps a browser that somehow shares it from taking this server along.
        return _group is { } group && OperatingSystem.IsLinux() && group != LinuxProcess.Read(Environment.ProcessId)?.Group
            ? [.. LinuxProcess.All().Where(p => p.Group == group)]
            : [];
    }

    /// <summary>Kills every process of the browser and returns when all are gone; throws <see cref="BrowserException"/> if one is not within the deadline.</summary>
    public async Task KillAsync(TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (Members() is { Count: > 0 } members)
        {
            if (time.GetElapsedTime(start) > deadline)
            {
                throw new BrowserException($"{members.Count} browser processes ({string.Join(", ", members.Select(m => m.Id))}) outlived SIGKILL for {deadline.TotalSeconds:0.#} s.");
            }

            foreach (var member in members)
            {
                Kill(member.Id);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellationToken);
        }
    }

    /// <summary>Kills the driver that started the browser, if it is still there.</summary>
    public void KillDriver()
    {
        // The id may have been given to another process since; the driver's own command line says that it is the driver.
        if (Driver is { } id && LinuxProcess.Read(id) is { } driver && driver.Arguments().Contains("run-driver"))
        {
            Kill(id);
        }
    }

    /// <summary>Kills one process; one that is gone already is fine.</summary>
    public static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // Gone in the meantime.
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
