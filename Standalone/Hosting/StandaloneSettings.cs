using Microsoft.Extensions.Logging;

namespace Fleet.Standalone.Hosting;

/// <summary>What a fleet in one process is started with.</summary>
internal sealed record StandaloneSettings
{
    /// <summary>Port of the realm server; 0 means any free one.</summary>
    public int Port { get; init; }

    /// <summary>Port of the manager; 0 means any free one.</summary>
    public int ManagerPort { get; init; }

    /// <summary>Folder of the host app; null for the sample.</summary>
    public string? Dist { get; init; }

    /// <summary>Folder of the realms; null for those of the sample, or none with a host app of one's own.</summary>
    public string? Realms { get; init; }

    /// <summary>Folder that keeps stored pages and the admin key over a restart; null keeps them in memory.</summary>
    public string? DataFolder { get; init; }

    /// <summary>File with the admin key; null for the one in the data folder, or one that is generated for the run.</summary>
    public string? AdminKeyFile { get; init; }

    /// <summary>Origins that may be rendered beside the realm server's.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Full path of the browser.</summary>
    public required string Browser { get; init; }

    /// <summary>Further settings by key (<c>Pool:Slots</c>).</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the fleet renders one page and ends: cards are not rendered ahead of visitors, and a page that cannot be loaded is not tried
    /// again, so that the first reason is the one that is told.</summary>
    public bool IsOneShot { get; init; }

    /// <summary>Lowest level of the log lines on standard error.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;
}
