namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>A browser context with its own cookies, storage and cache.</summary>
/// <param name="Connection">Connection to its browser.</param>
/// <param name="Id">Chromium's id of the context.</param>
/// <param name="UserAgent">User agent of its pages.</param>
internal sealed record CdpContext(CdpConnection Connection, string Id, string UserAgent)
{
    /// <summary>What its documents may have left in it.</summary>
    public SiteData Data { get; } = new();

    /// <summary>Creates a context. It cannot be cancelled, because the caller needs the id to close the context.</summary>
    public static async Task<CdpContext> CreateAsync(CdpConnection connection, string userAgent, TimeSpan deadline)
    {
        var created = await connection.Browser.CallAsync("Target.createBrowserContext", static p => p.WriteBoolean("disposeOnDetach"u8, true), deadline, CancellationToken.None);
        return new(connection, created.GetProperty("browserContextId").GetString()!, userAgent);
    }

    /// <summary>Blocks downloads in the context.</summary>
    public Task DenyDownloadsAsync(TimeSpan deadline, CancellationToken cancellationToken) => Connection.Browser.CallAsync("Browser.setDownloadBehavior", p =>
    {
        p.WriteString("behavior"u8, "deny"u8);
        p.WriteString("browserContextId"u8, Id);
    }, deadline, cancellationToken);

    /// <summary>Opens an empty page and attaches to it.</summary>
    public async Task<(string TargetId, CdpSession Session)> OpenPageAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var created = await Connection.Browser.CallAsync("Target.createTarget", p =>
        {
            p.WriteString("url"u8, "about:blank"u8);
            p.WriteString("browserContextId"u8, Id);
        }, deadline, cancellationToken);
        var target = created.GetProperty("targetId").GetString()!;
        var attached = await Connection.Browser.CallAsync("Target.attachToTarget", p =>
        {
            p.WriteString("targetId"u8, target);
            p.WriteBoolean("flatten"u8, true);
        }, deadline, cancellationToken);
        return (target, Connection.Session(attached.GetProperty("sessionId").GetString()!));
    }

    /// <summary>Closes one of its pages.</summary>
    public Task ClosePageAsync(string target, TimeSpan deadline, CancellationToken cancellationToken) =>
        Connection.Browser.CallAsync("Target.closeTarget", p => p.WriteString("targetId"u8, target), deadline, cancellationToken);

    /// <summary>Disposes the context with all its pages.</summary>
    public Task CloseAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        Connection.Browser.CallAsync("Target.disposeBrowserContext", p => p.WriteString("browserContextId"u8, Id), deadline, cancellationToken);
}
