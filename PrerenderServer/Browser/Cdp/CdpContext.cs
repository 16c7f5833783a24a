namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>A browser context that was made over a connection: cookies, storage and cache of its own.</summary>
/// <param name="Connection">The browser it lives in.</param>
/// <param name="Id">Chromium's name of it.</param>
/// <param name="UserAgent">User agent of its pages.</param>
internal sealed record CdpContext(CdpConnection Connection, string Id, string UserAgent)
{
    /// <summary>Makes one. It cannot be cancelled: whoever no longer wants it has to know what to close.</summary>
    public static async Task<CdpContext> CreateAsync(CdpConnection connection, string userAgent, TimeSpan deadline)
    {
        var made = await connection.Browser.CallAsync("Target.createBrowserContext", static p => p.WriteBoolean("disposeOnDetach"u8, true), deadline, CancellationToken.None);
        return new(connection, made.GetProperty("browserContextId").GetString()!, userAgent);
    }

    /// <summary>Refuses downloads in it.</summary>
    public Task DenyDownloadsAsync(TimeSpan deadline, CancellationToken cancellationToken) => Connection.Browser.CallAsync("Browser.setDownloadBehavior", p =>
    {
        p.WriteString("behavior"u8, "deny"u8);
        p.WriteString("browserContextId"u8, Id);
    }, deadline, cancellationToken);

    /// <summary>Opens an empty page and attaches to it.</summary>
    public async Task<(string TargetId, CdpSession Session)> OpenPageAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var made = await Connection.Browser.CallAsync("Target.createTarget", p =>
        {
            p.WriteString("url"u8, "about:blank"u8);
            p.WriteString("browserContextId"u8, Id);
        }, deadline, cancellationToken);
        var target = made.GetProperty("targetId").GetString()!;
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

    /// <summary>Disposes it with all its pages.</summary>
    public Task CloseAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        Connection.Browser.CallAsync("Target.disposeBrowserContext", p => p.WriteString("browserContextId"u8, Id), deadline, cancellationToken);
}
