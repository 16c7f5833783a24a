using System.Globalization;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>The profile folders of this server: <c>fleet-browsers/&lt;instance&gt;/generation-N</c> under <c>Browser:ProfileRoot</c>, or <c>fleet-browsers-&lt;user id&gt;/…</c> in the
/// temporary folder. The instance folder contains
/// a file that the server keeps locked while it runs, so that other servers can distinguish folders in use from abandoned ones.</summary>
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
        // The temporary folder belongs to all users: the first of them must not keep the others out.
        Root = Path.Combine(parent, root is null && PrivateFolder.UserId is { } user ? string.Create(CultureInfo.InvariantCulture, $"{RootName}-{user}") : RootName);
        Instance = Path.Combine(Root, Guid.NewGuid().ToString("N"));
        try
        {
            // Profiles hold cookies of visits with credentials.
            Directory.CreateDirectory(parent);
            PrivateFolder.Create(Root);
            PrivateFolder.Create(Instance);
            _lock = new FileStream(Path.Combine(Instance, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(root is null
                ? $"Browser:ProfileRoot is not set, and the temporary folder '{parent}' cannot be used: {e.Message} Set Browser:ProfileRoot to a folder that this user may write to."
                : $"Browser:ProfileRoot is '{root}', which cannot be used: {e.Message} Set it to a folder that this user may write to, or remove it to use the temporary folder '{Path.GetTempPath()}'.", e);
        }
    }

    /// <summary>The folder of all servers that use this root.</summary>
    public string Root { get; }

    /// <summary>The folder of this server.</summary>
    public string Instance { get; }

    /// <summary>Path of a generation's profile folder. The folder is not created.</summary>
    public string For(int generation) => Path.Combine(Instance, $"generation-{generation}");

    /// <summary>Kills the browsers and removes the folders of servers that were killed.</summary>
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
                await KillBrowsersAsync(instance, deadline, time, cancellationToken);
                LogReaped(instance);
                Remove(instance);
            }
            catch (Exception e) when (e is BrowserException or IOException or UnauthorizedAccessException)
            {
                // A process survived its kill, or another server cleans up at the same time. Neither prevents the start.
                LogNotRemoved(instance, e.Message);
            }
        }
    }

    /// <summary>Removes a folder. A failure is logged, and the next start tries again.</summary>
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

    private static async Task KillBrowsersAsync(string instance, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var profile in Directory.EnumerateDirectories(instance))
        {
            await ProcessTree.Find(profile).KillAsync(deadline, time, cancellationToken);
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
            // Locked by a running server, or incomplete because a server is starting.
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Removed {Folder}, left behind by a server that was killed.")]
    private partial void LogReaped(string folder);

    [LoggerMessage(LogLevel.Warning, "{Folder} cannot be removed: {Reason}")]
    private partial void LogNotRemoved(string folder, string reason);
}
