using System.ComponentModel;
using System.Diagnostics;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>The processes of one browser. The server starts each browser in a process group of its own, which its children stay in, also when their parent has exited.</summary>
/// <param name="group">Id of the process group; null for none.</param>
internal sealed class ProcessTree(int? group)
{
    /// <summary>Finds the browser of a server that was killed, by the unique profile folder on its command line. Without members if there is none, and always on systems other
    /// than Linux.</summary>
    public static ProcessTree Find(string profile)
    {
        var profileSwitch = ChromiumArguments.ProfileSwitch(profile);
        return new(OperatingSystem.IsLinux() ? LinuxProcess.All().Where(process => IsBrowser(process.Arguments())).Select(process => (int?)process.Group).FirstOrDefault() : null);

        // Child processes have a --type switch; the browser process does not.
        bool IsBrowser(string[] arguments) => arguments.Contains(profileSwitch) && !arguments.Any(a => a.StartsWith("--type=", StringComparison.Ordinal));
    }

    /// <summary>The running processes of the browser; none on systems other than Linux.</summary>
    public IReadOnlyList<LinuxProcess> Members() =>
        // Never return this server's own process group: killing it would kill the server.
        group is not null && OperatingSystem.IsLinux() && group != LinuxProcess.Read(Environment.ProcessId)?.Group
            ? [.. LinuxProcess.All().Where(p => p.Group == group)]
            : [];

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
