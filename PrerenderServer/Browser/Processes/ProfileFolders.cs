using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Logging;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>Profile folders of this server: <c>fleet-browsers/&lt;instance&gt;/generation-N</c> under the temporary folder. The instance folder
/// holds a lock file that the server keeps locked while it lives, so that another server can tell a folder in use from one left behind.</summary>
internal sealed partial class ProfileFolders : IDisposable
{
    private const string RootName = "fleet-browsers";
    private const string LockName = "lock";
    private readonly FileStream _lock;
    private readonly ILogger _logger;

    public ProfileFolders(string? root, ILogger logger)
    {
        _logger = logger;
        var parent = root ?? Path.GetTempPath();
        Root = Path.Combine(parent, RootName);
        Instance = Path.Combine(Root, Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(Instance);
            _lock = new FileStream(Path.Combine(Instance, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(root is null
                ? $"Browser:ProfileRoot is not set, and the temporary folder '{parent}' cannot be written: {e.Message} Set Browser:ProfileRoot to a folder that this user may write to."
                : $"Browser:ProfileRoot is '{root}', which cannot be written: {e.Message} Set it to a folder that this user may write to, or remove it to use the temporary folder '{Path.GetTempPath()}'.", e);
        }
    }

    /// <summary>Folder of all servers on this machine.</summary>
    public string Root { get; }

    /// <summary>Folder of this server.</summary>
    public string Instance { get; }

    /// <summary>The profile folder of a generation; not made yet.</summary>
    public string For(int generation) => Path.Combine(Instance, $"generation-{generation}");

    /// <summary>Ends browsers and removes folders that servers left behind which were killed.</summary>
    public async Task ReapAsync(TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var instance in Directory.EnumerateDirectories(Root).Where(folder => folder != Instance))
        {
            if (!IsAbandoned(instance))
            {
                continue;
            }

            try
            {
                await EndAsync(instance, deadline, time, cancellationToken);
                LogReaped(instance);
                Remove(instance);
            }
            catch (Exception e) when (e is BrowserException or IOException or UnauthorizedAccessException)
            {
                // An orphan that outlives its kill, or a neighbour that tidies up at the same moment: neither is a reason not to start.
                LogNotRemoved(instance, e.Message);
            }
        }
    }

    /// <summary>Removes a folder. What cannot be removed is logged and left to the next start.</summary>
    public void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(folder, e.Message);
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
        Remove(Instance);
    }

    private static async Task EndAsync(string instance, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var profile in Directory.EnumerateDirectories(instance))
        {
            var tree = new ProcessTree(profile);
            await tree.KillAsync(deadline, time, cancellationToken);
            tree.KillDriver();
        }
    }

    private static bool IsAbandoned(string instance)
    {
        try
        {
            using var probe = new FileStream(Path.Combine(instance, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Locked by a live server, or half made by one that is starting just now.
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Removed {Folder}, left behind by a server that was killed.")]
    private partial void LogReaped(string folder);

    [LoggerMessage(LogLevel.Warning, "{Folder} cannot be removed: {Reason}")]
    private partial void LogNotRemoved(string folder, string reason);
}
