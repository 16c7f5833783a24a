using System.Text.Json;
using Fleet.BrowserSetup;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Connections;
using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>One browser generation: a Chromium process tree and its profile folder. Generations share nothing, so one that hangs can be killed without affecting another.</summary>
internal sealed partial class BrowserProcess
{
    private static readonly TimeSpan s_exitDeadline = TimeSpan.FromSeconds(1);

    private readonly int _generation;
    private readonly string _profile;
    private readonly ProfileFolders _profiles;
    private readonly BrowserOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private ChromiumProcess? _chromium;
    private CdpConnection? _connection;
    private Task _guarding = Task.CompletedTask;
    private int _ending;

    public BrowserProcess(int generation, ProfileFolders profiles, BrowserOptions options, TimeProvider time, ILogger logger)
    {
        (_generation, _profiles, _options, _time, _logger) = (generation, profiles, options, time, logger);
        _profile = profiles.For(generation);
    }

    /// <summary>User agent of the fleet's pages in this browser.</summary>
    public string UserAgent { get; private set; } = "";

    /// <summary>Product and version: <c>HeadlessChrome/149.0.7827.55</c>. Null before the launch.</summary>
    public string? Product { get; private set; }

    /// <summary>The browser's processes; empty before the launch.</summary>
    public ProcessTree Tree { get; private set; } = new(group: null);

    /// <summary>The pipe to the browser. Throws <see cref="BrowserException"/> before the launch.</summary>
    public CdpConnection Connection => _connection ?? throw new BrowserException($"Browser generation {_generation} is not running.");

    /// <summary>Traffic of that pipe.</summary>
    public CdpTraffic Traffic => _connection?.Traffic ?? default;

    /// <summary>Starts the browser. After a failed launch, call <see cref="KillAsync"/>.</summary>
    public async Task LaunchAsync(string executable, IReadOnlyList<string> origins, BrowserRoute? route, string userAgentProduct, Action lost, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        try
        {
            PrivateFolder.Create(_profile);
            var arguments = ChromiumArguments.For(_options, _profile, origins, route, ChromiumSandbox.IsRoot, HasSmallSharedMemory());
            // On the thread pool, because the start blocks and the page pool's single thread must not.
            _chromium = await Task.Run(() => ChromiumProcess.Start(executable, arguments, BrowserEnvironment.Current()), CancellationToken.None);
            Tree = new ProcessTree(_chromium.Id);
            _connection = CdpConnection.Open(_chromium.Messages, _chromium.Commands, _time, _logger);
            var version = await FirstAnswerAsync(_chromium, _connection, cancellationToken);
            UserAgent = $"{version.GetProperty("userAgent").GetString()} {userAgentProduct}";
            _connection.Closed.UnsafeRegister(_ => OnEnded(lost), null);
            _guarding = new RendererGuard(Tree, _connection.Kills, _options.MaxRendererMb, _time, _logger).RunAsync(_connection.Closed);
            Product = version.GetProperty("product").GetString()!;
            LogLaunched(_generation, executable, Product, _chromium.Id, _time.GetElapsedTime(start).TotalSeconds);
        }
        catch (BrowserException e)
        {
            throw new BrowserException(LaunchErrorOf(executable, e), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BrowserException($"The profile folder '{_profile}' cannot be used: {e.Message} Check Browser:ProfileRoot.", e);
        }

        CheckVersion(executable, Product);
    }

    /// <summary>Kills the process tree and removes the profile. Returns when the processes have exited.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _ending, 1);
        try
        {
            await Tree.KillAsync(_options.CallTimeout, _time, cancellationToken);
            if (_chromium is { } chromium)
            {
                // On systems where the process tree is not known.
                chromium.Kill();
                await chromium.Exited.Within("exit", _options.CallTimeout, _time, cancellationToken);
                if (_connection is { } connection)
                {
                    await connection.DisposeAsync();
                }

                await _guarding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                chromium.Dispose();
            }
        }
        finally
        {
            _profiles.Remove(_profile);
        }
    }

    /// <summary>Waits until the browser serves its pipe, and reads its version. An exit ends the wait, and its reason is the error.</summary>
    private async Task<JsonElement> FirstAnswerAsync(ChromiumProcess chromium, CdpConnection connection, CancellationToken cancellationToken)
    {
        var errors = new ErrorOutput(chromium.Errors);
        // The process may exit and leave the pipe open in a child.
        _ = chromium.Exited.ContinueWith(_ => connection.DisposeAsync().AsTask(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            var version = await connection.Browser.CallAsync("Browser.getVersion", null, _options.LaunchTimeout, cancellationToken);
            await Popups.CloseAsync(connection, _options.CallTimeout, cancellationToken);
            return version;
        }
        catch (BrowserException e) when (e is not BrowserTimeoutException)
        {
            // The pipe closes a moment before the exit.
            await ((Task)chromium.Exited).WaitAsync(s_exitDeadline, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            var end = chromium.Exited.IsCompletedSuccessfully ? $"it exited with code {await chromium.Exited}"
                : connection.Closed.IsCancellationRequested ? "it closed its debugging pipe"
                : e.Message.TrimEnd('.');
            throw new BrowserException(await errors.ReasonAsync(_time) is { } reason ? $"{end}: {reason.TrimEnd('.')}." : $"{end}.", e);
        }
    }

    private void CheckVersion(string executable, string product)
    {
        var difference = ChromiumVersion.Compare(product);
        if (_options.Versions == BrowserVersions.Tested && difference != 0)
        {
            throw new BrowserException($"Browser:Versions is 'Tested', and the browser '{executable}' is {product}: this version of Fleet is tested with {ChromiumVersion.Tested}, "
                + $"the Chromium of Playwright {ChromiumVersion.Playwright}. Install that version, set Browser:ExecutablePath to one, or set Browser:Versions=Any.");
        }

        if (difference < 0)
        {
            LogOldVersion(executable, product, ChromiumVersion.Tested);
        }
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

    private void OnEnded(Action lost)
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

    [LoggerMessage(LogLevel.Warning, "The browser {Executable} is {Version}, older than {Tested}, with which this version of Fleet is tested. Install a newer Chromium if pages render wrong.")]
    private partial void LogOldVersion(string executable, string version, string tested);

    [LoggerMessage(LogLevel.Information, "Browser generation {Generation} started: {Executable} {Version}, process {ProcessId}, after {Seconds:0.0} s.")]
    private partial void LogLaunched(int generation, string executable, string version, int? processId, double seconds);
}
