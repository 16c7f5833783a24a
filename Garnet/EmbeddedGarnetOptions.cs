namespace Fleet.Garnet;

/// <summary>Options of <see cref="EmbeddedGarnet"/>.</summary>
public sealed record EmbeddedGarnetOptions
{
    /// <summary>TCP port on 127.0.0.1, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>Password of every connection; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Folder that keeps the data across restarts; null keeps it in memory only.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The log is rewritten once it is this many bytes larger than twice its size after the last rewrite. Default: 64 MiB.</summary>
    public long RewriteAfterBytes { get; init; } = 64L * 1024 * 1024;
}
