using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>One browser generation: a Chromium process tree, its Playwright driver, and its profile folder. Generations share nothing, so one that hangs
/// can be killed without affecting another.</summary>
internal sealed partial class BrowserProcess
{
    private readonly int _generation;
    private readonly string _profile;
    private readonly ProfileFolders _profiles;
    private readonly BrowserOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ProcessTree _tree;
    private Task<IPlaywright>? _driver;
    private IBrowser? _browser;
    private CdpConnection? _connection;
    private Task _guarding = Task.CompletedTask;
    private int _ending;

    public BrowserProcess(int generation, ProfileFolders profiles, BrowserOptions options, TimeProvider time, ILogger logger)
    {
        (_generation, _profiles, _options, _time, _logger) = (generation, profiles, options, time, logger);
        _profile = profiles.For(generation);
        _tree = new ProcessTree(_profile);
    }

    /// <summary>Starts a driver. It runs on the thread pool, because the start blocks and the page pool's single thread must not.</summary>
    public Func<Task<IPlaywright>> StartDriver { get; init; } = static () => Task.Run(Playwright.CreateAsync);

    /// <summary>User agent of the fleet's pages in this browser.</summary>
    public string UserAgent { get; private set; } = "";

    /// <summary>The browser's processes.</summary>
    public ProcessTree Tree => _tree;

    /// <summary>The socket to the browser. Throws <see cref="BrowserException"/> before the launch.</summary>
    public CdpConnection Connection => _connection ?? throw new BrowserException($"Browser generation {_generation} is not running.");

    /// <summary>Traffic of that socket.</summary>
    public CdpTraffic Traffic => _connection?.Traffic ?? default;

    /// <summary>Starts the driver and the browser. After a failed launch, call <see cref="KillAsync"/>.</summary>
    public async Task LaunchAsync(string executable, IReadOnlyList<string> origins, string userAgentProduct, Action lost, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        try
        {
            PrivateFolder.Create(_profile);
            _driver = StartDriver();
            var driver = await _driver.Within("start its driver", _options.LaunchTimeout, _time, cancellationToken);
            _browser = await StartAsync(driver, executable, origins).Within("start", Left(start), _time, cancellationToken);
            _browser.Disconnected += (_, _) => OnDisconnected(lost);
            var endpoint = await DevToolsEndpoint.ReadAsync(_profile, Left(start), _time, cancellationToken);
            _connection = await CdpConnection.ConnectAsync(endpoint, _time, _logger, cancellationToken);
            _connection.Closed.UnsafeRegister(_ => OnDisconnected(lost), null);
            await Popups.CloseAsync(_connection, Left(start), cancellationToken);
            var version = await _connection.Browser.CallAsync("Browser.getVersion", null, Left(start), cancellationToken);
            UserAgent = $"{version.GetProperty("userAgent").GetString()} {userAgentProduct}";
            if (!_tree.Discover() && OperatingSystem.IsLinux())
            {
                throw new BrowserException($"The browser started, but no process has {_profile} on its command line. Is {executable} a wrapper that drops arguments?");
            }

            _guarding = new RendererGuard(_tree, _connection.Kills, _options.MaxRendererMb, _time, _logger).RunAsync(_connection.Closed);
            LogLaunched(_generation, executable, _browser.Version, _tree.Root, _time.GetElapsedTime(start).TotalSeconds);
        }
        catch (BrowserException e)
        {
            throw new BrowserException(LaunchErrorOf(executable, e), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BrowserException($"The profile folder '{_profile}' cannot be used: {e.Message} Check Browser:ProfileRoot.", e);
        }
    }

    /// <summary>Kills the process tree and the driver, and removes the profile. Returns when the processes have exited.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _ending, 1);
        try
        {
            // Processes first: the driver removes its temporary folders when its browser exits.
            await _tree.KillAsync(_options.CallTimeout, _time, cancellationToken);
            await StopDriverAsync(cancellationToken);
            // A browser that the driver was still starting.
            await _tree.KillAsync(_options.CallTimeout, _time, cancellationToken);
        }
        finally
        {
            _profiles.Remove(_profile);
        }
    }

    private async Task StopDriverAsync(CancellationToken cancellationToken)
    {
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
            await _guarding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_browser is { } browser)
        {
            try
            {
                // The process has exited. Wait until the driver has noticed and cleaned up.
                await browser.CloseAsync().Within("close", TimeSpan.FromSeconds(1), _time, cancellationToken);
            }
            catch (BrowserException e)
            {
                LogDriverLate(_generation, e.Message);
            }
        }

        // A driver that starts after the launch timed out is disposed when it arrives.
        _driver?.ContinueWith(static driver => driver.Result.Dispose(), CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _tree.KillDriver();
    }

    // Names the setting, its value, the error, and the fix.
    private string LaunchErrorOf(string executable, BrowserException error)
    {
        var isConfigured = !string.IsNullOrWhiteSpace(_options.ExecutablePath);
        var what = isConfigured
            ? $"Browser:ExecutablePath is '{executable}', which did not start: {error.Message}"
            : $"The browser '{executable}', which was detected because Browser:ExecutablePath is not set, did not start: {error.Message}";
        var more = error is BrowserTimeoutException ? $" On a slow machine, increase Browser:LaunchTimeout (now {_options.LaunchTimeout.TotalSeconds:0.###} s)." : "";
        if (error is not BrowserTimeoutException && ChromiumSandbox.IsOn(_options.Sandbox, ChromiumSandbox.IsRoot) && OperatingSystem.IsLinux())
        {
            more += ChromiumSandbox.StartHint;
        }

        return what + more + (isConfigured
            ? " Set Browser:ExecutablePath to a chromium-headless-shell or Chromium, or remove it to use the one that is installed."
            : " Set Browser:ExecutablePath to another chromium-headless-shell or Chromium.");
    }

    private TimeSpan Left(long start)
    {
        var left = _options.LaunchTimeout - _time.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }

    // Not a persistent context: the driver would adopt, and drive, every page that is created over the socket.
    private Task<IBrowser> StartAsync(IPlaywright driver, string executable, IReadOnlyList<string> origins) => driver.Chromium.LaunchAsync(new()
    {
        ExecutablePath = executable,
        ArtifactsDir = Path.Combine(_profile, "artifacts"),
        IgnoreAllDefaultArgs = true,
        Args = ChromiumArguments.For(_options, _profile, origins, ChromiumSandbox.IsRoot, HasSmallSharedMemory()),
        Env = BrowserEnvironment.Current(),
        Timeout = (float)_options.LaunchTimeout.TotalMilliseconds,
        // The driver must not close the browser on a signal: renders in progress still finish during shutdown.
        HandleSIGINT = false,
        HandleSIGTERM = false,
        HandleSIGHUP = false,
    });

    private void OnDisconnected(Action lost)
    {
        if (Interlocked.Exchange(ref _ending, 1) == 0)
        {
            lost();
        }
    }

    /// <summary>Whether <c>/dev/shm</c> has less than 512 MB free. Renderers share bitmaps through it, and containers often limit it to 64 MB.</summary>
    private static bool HasSmallSharedMemory()
    {
        try
        {
            return OperatingSystem.IsLinux() && new DriveInfo("/dev/shm").AvailableFreeSpace < 512L * 1024 * 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return true;
        }
    }

    [LoggerMessage(LogLevel.Information, "Browser generation {Generation} started: {Executable} {Version}, process {ProcessId}, after {Seconds:0.0} s.")]
    private partial void LogLaunched(int generation, string executable, string version, int? processId, double seconds);

    [LoggerMessage(LogLevel.Debug, "The driver of browser generation {Generation} did not confirm that its browser exited: {Reason}")]
    private partial void LogDriverLate(int generation, string reason);
}
