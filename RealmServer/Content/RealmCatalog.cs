using Fleet.RealmServer.HostShells;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Content;

/// <summary>The realms that this server serves.</summary>
internal sealed partial class RealmCatalog
{
    private static readonly string SampleRoot = Path.Combine(AppContext.BaseDirectory, "Samples", "Realms");

    private readonly string? _root;
    private readonly IReadOnlyDictionary<string, string> _scopes;
    private readonly string _dist;
    private readonly ILogger<RealmCatalog> _logger;
    private readonly TimeProvider _timeProvider;
    private readonly Lock _refresh = new();
    private TimeSpan? _draftsRemovedAt;
    private volatile RealmSet _current;

    public RealmCatalog(IOptions<RealmsOptions> options, IOptions<HostAppOptions> host, ReadKeys keys, HostShellFile shell, TimeProvider timeProvider, ILogger<RealmCatalog> logger)
    {
        // The sample realms only fit the sample app.
        var root = options.Value.Root ?? (host.Value.Dist == HostAppOptions.SampleDist ? SampleRoot : null);
        _root = root is null ? null : Path.GetFullPath(root);
        _scopes = keys.Scopes;
        _dist = shell.Dist;
        _timeProvider = timeProvider;
        _logger = logger;
        if (_root is not null && !Directory.Exists(_root))
        {
            throw new StartException($"Realms:Root is '{_root}': the folder does not exist.");
        }

        _current = RealmFolders.Read(_root, _dist, _scopes);
        // A key without a folder is a typo at startup. Later it is not an error, since a folder may be missing for a while.
        if (_current.Problems.FirstOrDefault(problem => problem.Setting is not null) is { } misspelt)
        {
            throw new StartException($"{misspelt.Reason} The folders of {_root ?? "Realms:Root, which is not set"}: {string.Join(", ", _current.Folders.DefaultIfEmpty("none"))}.");
        }

        Log(previous: null, _current);
        RemoveOldDrafts();
    }

    /// <summary>The absolute path of the folder that contains the realm folders; null if none is configured.</summary>
    public string? Root => _root;

    public RealmSet Current => _current;

    /// <summary>Reads the folder again.</summary>
    public void Refresh()
    {
        lock (_refresh)
        {
            var previous = _current;
            _current = RealmFolders.Read(_root, _dist, _scopes);
            Log(previous, _current);
            RemoveOldDrafts();
        }
    }

    // At startup and then hourly: when a killed server restarts, its drafts are not old enough to remove yet.
    private void RemoveOldDrafts()
    {
        var now = _timeProvider.GetMonotonicTime();
        if (now - _draftsRemovedAt < CardDrafts.MaxAge)
        {
            return;
        }

        _draftsRemovedAt = now;
        foreach (var realm in _current.ById.Values)
        {
            CardDrafts.RemoveLeftovers(realm, _timeProvider.GetUtcNow());
        }
    }

    // The folder is read every few seconds, so only changes are logged.
    private void Log(RealmSet? previous, RealmSet current)
    {
        foreach (var problem in current.Problems.Except(previous?.Problems ?? []))
        {
            LogProblem(problem.Where, problem.Reason);
        }

        var names = string.Join(", ", current.ById.Keys.Order(StringComparer.Ordinal));
        if (previous is null || names != string.Join(", ", previous.ById.Keys.Order(StringComparer.Ordinal)))
        {
            LogRealms(current.ById.Count, _root ?? "(no folder)", names);
        }
    }

    [LoggerMessage(LogLevel.Information, "Serving {Count} realms from {Root}: {Names}")]
    private partial void LogRealms(int count, string root, string names);

    [LoggerMessage(LogLevel.Warning, "{Folder} is not served: {Reason}")]
    private partial void LogProblem(string folder, string reason);
}
