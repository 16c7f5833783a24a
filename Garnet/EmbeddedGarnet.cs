using System.Net.Sockets;
using Fleet.ServiceDefaults.Ports;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Garnet;

/// <summary>Garnet in this process, configured for the fleet: Lua scripts are atomic, and data is on disk only when a folder is set.</summary>
/// <remarks>
/// The data folder has one append-only log, committed every second. Garnet truncates a log with checkpoints, but a process that is killed while it writes
/// a checkpoint leaves a folder that Garnet 2.2.8 cannot read back; it may even crash with an access violation. A log without checkpoints can always be
/// read back. So this class bounds the log by rewriting it: it stops the server, reads the log back on a private port, copies every key to a second
/// server with a new log, and restarts with that log. For clients, Redis is away for some seconds.
/// <para>A log that cannot be written, as on a full disk, would reject all writes once its buffer is full. So the server continues without a log, and tries to
/// write a new one.</para>
/// </remarks>
public sealed partial class EmbeddedGarnet : IAsyncDisposable
{
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_copyTimeout = TimeSpan.FromMinutes(5);
    private static readonly Backoff s_newLogBackoff = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));
    private const int MaxStartAttempts = 20;

    private readonly EmbeddedGarnetOptions _options;
    private readonly DataFolder? _data;
    private readonly TimeProvider _time;
    private readonly GarnetLoggers _loggers;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private GarnetInstance? _instance;
    private bool _isInMemory;
    private long _rewriteAtBytes;
    private bool _isDisposed;

    private EmbeddedGarnet(EmbeddedGarnetOptions options, DataFolder? data, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _data, _time, _loggers) = (options, data, time, new GarnetLoggers(loggers));
        _logger = loggers.CreateLogger<EmbeddedGarnet>();
    }

    /// <summary>Completes when the server is disposed, and faults when it cannot continue; the program must then exit.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts a server on 127.0.0.1 and returns once it is ready.</summary>
    /// <param name="options">Port, password and data folder.</param>
    /// <param name="time">Clock of the checks of the log's size.</param>
    /// <param name="loggers">Receives Garnet's warnings and errors.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="StartException">The port is taken, the folder is in use or cannot be written, or its log cannot be read.</exception>
    public static async Task<EmbeddedGarnet> StartAsync(
        EmbeddedGarnetOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var data = options.DataFolder is { } folder ? DataFolder.Open(folder) : null;
        var garnet = new EmbeddedGarnet(options, data, time, loggers);
        try
        {
            await garnet.StartAsync(cancellationToken);
            return garnet;
        }
        catch
        {
            await garnet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Commits the log, stops the server, and unlocks the data folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _stopping.CancelAsync();
        try
        {
            await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await StopInstanceAsync();
        }
        finally
        {
            _data?.Dispose();
            _stopping.Dispose();
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_data is not null)
        {
            SetRewriteSize();
            if (_data.CurrentBytes >= _rewriteAtBytes)
            {
                await TryRewriteAsync(_data, cancellationToken);
            }
        }

        StartInstance();
        Completion = _data is null ? Task.Delay(Timeout.InfiniteTimeSpan, _time, _stopping.Token) : WatchAsync(_data, _stopping.Token);
    }

    private void StartInstance()
    {
        try
        {
            _instance = GarnetInstance.Start(_options.Port, _options.Password, _isInMemory ? null : _data?.Current, _loggers);
        }
        catch (Exception e)
        {
            throw new StartException(
                _data is null
                    ? $"Garnet cannot listen on 127.0.0.1:{_options.Port}: {e.Message}"
                    : $"Garnet cannot start on 127.0.0.1:{_options.Port} with the data in '{_data.Current}': {e.Message} If that folder is damaged, delete it: its pages are rendered again.",
                e)
            {
                IsTemporary = e.GetBaseException() is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse },
            };
        }
    }

    private async Task StopInstanceAsync()
    {
        var instance = _instance;
        _instance = null;
        if (instance is null)
        {
            return;
        }

        // Without the commit, a stop loses the writes of the last commit interval.
        if (await instance.TryCommitAsync() is { } problem)
        {
            LogUnwritable(_data!.Current, problem);
        }

        instance.Dispose();
    }

    private async Task WatchAsync(DataFolder data, CancellationToken cancellationToken)
    {
        var wasReadable = true;
        var newLogFailures = 0;
        try
        {
            while (true)
            {
                await Task.Delay(_isInMemory ? s_newLogBackoff.After(newLogFailures) : s_checkInterval, _time, cancellationToken);
                if (_isInMemory)
                {
                    newLogFailures = await TryWriteNewLogAsync(data, cancellationToken) ? 0 : newLogFailures + 1;
                    continue;
                }

                if (await _instance!.TryCommitAsync() is { } problem)
                {
                    await GoOnInMemoryAsync(cancellationToken);
                    LogUnwritable(data.Current, problem);
                    Problem = "The data folder cannot be written, so what is stored from now on is in memory only, until there is space.";
                    continue;
                }

                var bytes = TryMeasure(data, wasReadable);
                wasReadable = bytes is not null;
                if (bytes is null || bytes < _rewriteAtBytes)
                {
                    continue;
                }

                await StopInstanceAsync();
                await TryRewriteAsync(data, cancellationToken);
                await RestartAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server is being disposed.
        }
        catch (Exception e)
        {
            LogStopped(e);
            throw;
        }
    }

    // What is in memory is served without the folder, so a folder that was deleted must not end the program.
    private long? TryMeasure(DataFolder data, bool wasReadable)
    {
        try
        {
            var bytes = data.CurrentBytes;
            if (!wasReadable)
            {
                LogReadable(data.Current);
                Problem = null;
            }

            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (wasReadable)
            {
                LogUnreadable(data.Current, e.Message);
                Problem = "The data folder cannot be read, so what is stored from now on may be lost at the next start.";
            }

            return null;
        }
    }

    // Another process may hold the port for a moment.
    private async Task RestartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                StartInstance();
                return;
            }
            catch (StartException e) when (attempt < MaxStartAttempts)
            {
                LogRestartFailed(e.Message, attempt, MaxStartAttempts);
                await Task.Delay(s_retryInterval, _time, cancellationToken);
            }
        }
    }

    private async Task TryRewriteAsync(DataFolder data, CancellationToken cancellationToken)
    {
        var before = data.CurrentBytes;
        var startedAt = _time.GetTimestamp();
        using var timeout = new CancellationTokenSource(s_copyTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            data.DiscardNext();
            await RewriteAsync(data, linked.Token);
            data.AdoptNext();
            SetRewriteSize();
            LogRewritten(before, data.CurrentBytes, _time.GetElapsedTime(startedAt).TotalSeconds);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The old log is untouched and stays in use; the next attempt waits until it has grown further.
            _rewriteAtBytes = before + _options.RewriteAfterBytes;
            LogNotRewritten(e, before);
            data.DiscardNext();
        }
    }

    private async Task RewriteAsync(DataFolder data, CancellationToken cancellationToken)
    {
        var port = FreePort();
        using var old = GarnetInstance.Start(port, _options.Password, data.Current, _loggers);
        await CopyToNextAsync(data, port, isInUse: false, cancellationToken);
    }

    private async Task CopyToNextAsync(DataFolder data, int from, bool isInUse, CancellationToken cancellationToken)
    {
        var port = FreePort();
        // Its failures are those of the copy.
        using var next = GarnetInstance.Start(port, _options.Password, data.CreateNext(), NullLoggerFactory.Instance);
        await KeyCopy.CopyAsync(from, port, _options.Password, isInUse, cancellationToken);
        if (await next.TryCommitAsync() is { } problem)
        {
            throw new IOException(problem);
        }
    }

    private static int FreePort() => TcpPorts.Allocate([new("store", "", 0)])["store"];

    private void SetRewriteSize() => _rewriteAtBytes = 2 * _data!.RewrittenBytes + _options.RewriteAfterBytes;

    [LoggerMessage(LogLevel.Information, "Rewrote the log of stored pages: {Before} bytes became {After} in {Seconds:0.0} s.")]
    private partial void LogRewritten(long before, long after, double seconds);

    [LoggerMessage(LogLevel.Error, "The log of stored pages, {Bytes} bytes, could not be rewritten; it stays in use.")]
    private partial void LogNotRewritten(Exception exception, long bytes);

    [LoggerMessage(LogLevel.Warning, "{Reason} (attempt {Attempt} of {Attempts})")]
    private partial void LogRestartFailed(string reason, int attempt, int attempts);

    [LoggerMessage(LogLevel.Error, "The log of stored pages in '{Folder}' cannot be read, so what is stored from now on may be lost at the next start, and the log is not rewritten: {Reason}")]
    private partial void LogUnreadable(string folder, string reason);

    [LoggerMessage(LogLevel.Information, "The log of stored pages in '{Folder}' can be read again.")]
    private partial void LogReadable(string folder);

    [LoggerMessage(LogLevel.Error, "The log of stored pages in '{Folder}' cannot be written, so what is stored from now on is in memory only, until there is space: {Reason}")]
    private partial void LogUnwritable(string folder, string reason);

    [LoggerMessage(LogLevel.Critical, "The embedded Garnet cannot continue.")]
    private partial void LogStopped(Exception exception);
}
