using Microsoft.Extensions.Logging;

namespace Fleet.Standalone.Hosting;

/// <summary>Settings of a fleet in one process.</summary>
internal sealed record StandaloneSettings
{
    /// <summary>Port of the realm server; 0 means any free one.</summary>
    public int Port { get; init; }

    /// <summary>Port of the manager; 0 means any free one.</summary>
    public int ManagerPort { get; init; }

    /// <summary>Folder of the host app; null for the sample.</summary>
    public string? Dist { get; init; }

    /// <summary>Folder of the realms; null for the sample's realms, or for none when <see cref="Dist"/> is set.</summary>
    public string? Realms { get; init; }

    /// <summary>Folder that keeps stored pages and the admin key across restarts; null keeps them in memory.</summary>
    public string? DataFolder { get; init; }

    /// <summary>File with the admin key; null for the key in the data folder, or a key that is generated for the run.</summary>
    public string? AdminKeyFile { get; init; }

    /// <summary>Origins that may be rendered in addition to the realm server's.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Full path of the browser.</summary>
    public required string Browser { get; init; }

    /// <summary>Further settings by key (<c>Pool:Slots</c>).</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the fleet renders one page and exits: cards are not rendered ahead of visitors, and a page that cannot be loaded is not
    /// retried, so that the first error is the one reported.</summary>
    public bool IsOneShot { get; init; }

    /// <summary>Lowest level of the log lines on standard error.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;
}
