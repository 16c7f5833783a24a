using Fleet.PrerenderServer.Browser.Connections;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>Chromium's complete command line.</summary>
internal static class ChromiumArguments
{
    private static readonly string[] s_fixed =
    [
        "--headless",
        // A pipe and not a port, which every local user could connect to. When its other end closes, because this server was killed, Chromium exits.
        "--remote-debugging-pipe",
        "--no-startup-window",
        "--no-first-run",
        "--no-default-browser-check",
        // No background network traffic.
        "--disable-background-networking",
        "--disable-client-side-phishing-detection",
        "--disable-component-update",
        "--disable-component-extensions-with-background-pages",
        "--disable-default-apps",
        "--disable-extensions",
        "--disable-sync",
        "--disable-field-trial-config",
        "--disable-breakpad",
        "--disable-crash-reporter",
        "--metrics-recording-only",
        "--no-service-autorun",
        // A page of any app exists for a second, too short for V8's optimizing compilers to pay: by default they take half of the processor time of a visit. So a function is
        // optimized after ten times as many calls as by default, which the host app of a warm page reaches soon, and not because an earlier document called it often.
        "--js-flags=--invocation-count-for-maglev=4000 --invocation-count-for-turbofan=30000 --no-profile-guided-optimization",
        // Pooled pages are never in the foreground and must not be throttled.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
        // This server terminates hanging pages itself. No browser dialogs.
        "--disable-hang-monitor",
        "--disable-prompt-on-repost",
        "--disable-back-forward-cache",
        // A window costs a process, and a page could open any number of them, by forms and links as well. The call fails, as with the blocker of popups in a visitor's browser.
        "--block-new-web-contents",
        "--allow-pre-commit-input",
        // The same pixels on every machine; no sound, no window.
        "--force-color-profile=srgb",
        "--hide-scrollbars",
        "--mute-audio",
        // A computer has a mouse, for the media queries of pages: hover (2), and a fine pointer (4). A device with touch overrides it.
        "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
        "--disable-gpu",
        "--enable-unsafe-swiftshader",
        // No system key ring and no dialog for it.
        "--password-store=basic",
        "--use-mock-keychain",
        // WebRTC would bypass the host rules.
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        // A proxy from the environment would resolve names instead of the host rules.
        "--no-proxy-server",
        "--disable-features=AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,DialMediaRouteProvider,GlobalMediaControls,"
            + "HttpsUpgrades,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,Translate,AutoDeElevate,OptimizationHints,"
            + "NetworkTimeServiceQuerying,AimEnabled",
    ];

    /// <summary>The switches of one browser process.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="profile">Folder of the profile. It also identifies the processes of this browser.</param>
    /// <param name="origins">Origins that this browser can reach.</param>
    /// <param name="route">The way to the site, if it is not the public one.</param>
    /// <param name="root">Whether this service runs as root.</param>
    /// <param name="smallSharedMemory">Whether <c>/dev/shm</c> is too small for renderers, as in most containers.</param>
    public static IReadOnlyList<string> For(BrowserOptions options, string profile, IEnumerable<string> origins, BrowserRoute? route, bool root, bool smallSharedMemory) =>
    [
        .. s_fixed,
        ProfileSwitch(profile),
        $"--host-resolver-rules={HostResolverRules.For(origins, route)}",
        .. route?.Spki is { } key ? [$"--ignore-certificate-errors-spki-list={key}"] : Array.Empty<string>(),
        .. ChromiumSandbox.IsOn(options.Sandbox, root) ? Array.Empty<string>() : ["--no-sandbox"],
        .. smallSharedMemory ? ["--disable-dev-shm-usage"] : Array.Empty<string>(),
        .. options.ExtraArguments,
    ];

    /// <summary>The switch that names the profile folder.</summary>
    public static string ProfileSwitch(string profile) => $"--user-data-dir={profile}";
}

/// <summary>Rules for Chromium's host resolver: allowed origins resolve normally, and everything else fails. They also apply to redirects, subresources,
/// rebound names and IP literals.</summary>
internal static class HostResolverRules
{
    /// <summary>The value of <c>--host-resolver-rules</c>. The first rule that matches wins.</summary>
    /// <param name="origins">Origins such as <c>http://127.0.0.1:5100</c>.</param>
    /// <param name="route">The way to the site, if it is not the public one.</param>
    public static string For(IEnumerable<string> origins, BrowserRoute? route) =>
        // A pattern with a port matches host:port, so the other ports of an allowed host stay blocked.
        string.Join(", ", origins.Select(origin => SiteConnector.HostAndPort(new(origin))).Select(host => $"MAP {host} {(host == route?.Host ? route.Target : host)}").Append("MAP * ~NOTFOUND"));
}
