namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>Chromium's command line. All of it: Playwright's own default switches are not added.</summary>
internal static class ChromiumArguments
{
    private static readonly string[] s_fixed =
    [
        "--headless",
        // Playwright speaks through a pipe. When its other end closes, because the driver or this server was killed, Chromium exits.
        "--remote-debugging-pipe",
        // This server speaks through a socket, on a port that Chromium chooses: without the driver in between a render is one hop. No page can
        // reach it, since host rules know only the allowed origins.
        "--remote-debugging-port=0",
        "--no-startup-window",
        "--no-first-run",
        "--no-default-browser-check",
        // Nothing of its own on the network.
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
        // A pooled page is never in front, and must not be slowed down for it.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
        "--disable-ipc-flooding-protection",
        // Late pages are ended by this server, with a reason; no dialog of the browser's.
        "--disable-hang-monitor",
        "--disable-prompt-on-repost",
        "--disable-back-forward-cache",
        "--allow-pre-commit-input",
        // Same pixels everywhere, no sound, no window.
        "--force-color-profile=srgb",
        "--hide-scrollbars",
        "--mute-audio",
        "--disable-gpu",
        "--enable-unsafe-swiftshader",
        // No key ring, no dialog for one.
        "--password-store=basic",
        "--use-mock-keychain",
        // WebRTC would talk around the host rules.
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        // A proxy of the environment would resolve names in our stead.
        "--no-proxy-server",
        "--disable-features=AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,DialMediaRouteProvider,GlobalMediaControls,"
            + "HttpsUpgrades,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,Translate,AutoDeElevate,OptimizationHints,"
            + "NetworkTimeServiceQuerying,AimEnabled",
    ];

    /// <summary>The switches of one browser process.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="profile">Folder of the profile; also how the process is recognised as ours.</param>
    /// <param name="origins">Origins that exist for this browser.</param>
    /// <param name="root">Whether this service runs as root.</param>
    /// <param name="smallSharedMemory">Whether <c>/dev/shm</c> is too small for renderers, as in most containers.</param>
    public static IReadOnlyList<string> For(BrowserOptions options, string profile, IEnumerable<string> origins, bool root, bool smallSharedMemory) =>
    [
        .. s_fixed,
        ProfileSwitch(profile),
        $"--host-resolver-rules={HostResolverRules.For(origins)}",
        .. options.Sandbox == SandboxMode.Off || (options.Sandbox == SandboxMode.Auto && root) ? ["--no-sandbox"] : Array.Empty<string>(),
        .. smallSharedMemory ? ["--disable-dev-shm-usage"] : Array.Empty<string>(),
        .. options.ExtraArguments,
    ];

    /// <summary>The switch that names the profile folder.</summary>
    public static string ProfileSwitch(string profile) => $"--user-data-dir={profile}";
}

/// <summary>The rules by which Chromium finds hosts: allowed origins keep their host and port, anything else does not exist. Redirects,
/// sub-resources, rebound names and IP literals all pass this point.</summary>
internal static class HostResolverRules
{
    /// <summary>The value of <c>--host-resolver-rules</c>. The first rule that matches wins.</summary>
    /// <param name="origins">Origins such as <c>http://127.0.0.1:5100</c>.</param>
    public static string For(IEnumerable<string> origins) =>
        // A pattern with a port is matched against host:port: an allowed host stays closed on its other ports.
        string.Join(", ", origins.Select(origin => new Uri(origin)).Select(uri => $"MAP {uri.Host}:{uri.Port} {uri.Host}:{uri.Port}").Append("MAP * ~NOTFOUND"));
}
