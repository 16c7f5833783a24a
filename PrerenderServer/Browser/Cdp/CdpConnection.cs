using System.Buffers;
using System.Collections.Concurrent;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>The debugging pipe of a Chromium process, shared by the sessions of its pages.</summary>
/// <remarks>Every wait is bounded: each command has a deadline, and all pending commands end when the pipe closes.</remarks>
internal sealed partial class CdpConnection : IAsyncDisposable
{
    private static readonly TimeSpan s_closeDeadline = TimeSpan.FromSeconds(1);

    private readonly Stream _input;
    private readonly Stream _output;
    private readonly CdpMessageReader _messages;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<long, PendingCommand> _pending = new();
    private readonly ConcurrentDictionary<string, CdpSession> _sessions = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _receiving;
    private long _lastId;
    private long _sentBytes;

    private CdpConnection(Stream input, Stream output, TimeProvider time, ILogger logger)
    {
        (_input, _output, _time, _logger) = (input, output, time, logger);
        _messages = new CdpMessageReader(input);
        Browser = new CdpSession(this, sessionId: null);
        Kills = new RendererKills(time);
        _receiving = ReceiveAsync();
    }

    /// <summary>The session of the browser itself, for contexts and targets.</summary>
    public CdpSession Browser { get; }

    /// <summary>Why this server killed renderers of the browser.</summary>
    public RendererKills Kills { get; }

    /// <summary>Maximum size of a reply in bytes. A longer one is dropped and fails its command. Default: 128 MB.</summary>
    public int MaxReplyBytes
    {
        get => _messages.MaxReplyBytes;
        set => _messages.MaxReplyBytes = value;
    }

    /// <summary>Traffic since the connection was opened.</summary>
    public CdpTraffic Traffic => new(Volatile.Read(ref _lastId), Volatile.Read(ref _sentBytes), _messages.ReceivedBytes);

    /// <summary>Cancelled when the pipe closes for any reason.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Starts to receive from a browser.</summary>
    /// <param name="input">What Chromium writes.</param>
    /// <param name="output">What Chromium reads. May be the same stream.</param>
    /// <param name="time">Clock of the deadlines.</param>
    /// <param name="logger">The log.</param>
    public static CdpConnection Open(Stream input, Stream output, TimeProvider time, ILogger logger) => new(input, output, time, logger);

    /// <summary>The session of a target that was attached with <c>flatten</c>.</summary>
    public CdpSession Session(string sessionId) => _sessions.GetOrAdd(sessionId, id => new CdpSession(this, id));

    /// <summary>Drops a session whose end Chromium does not report.</summary>
    public void Forget(string sessionId) => _sessions.TryRemove(sessionId, out _);

    /// <summary>Number of attached targets.</summary>
    public int Attached => _sessions.Count;

    internal async Task<CdpReply> SendAsync(CdpCommand command, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastId);
        var pending = new PendingCommand(command.Method);
        _pending[id] = pending;
        try
        {
            using var timer = new CancellationTokenSource(deadline, _time);
            using var any = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken, _closed.Token);
            var registration = any.Token.UnsafeRegister(static (state, token) => ((PendingCommand)state!).TrySetCanceled(token), pending);
            await using (registration)
            {
                var writing = WriteAsync(id, command, any.Token);
                if (!writing.IsCompletedSuccessfully)
                {
                    // A browser that no longer reads must not delay the caller beyond its deadline.
                    BrowserCalls.Abandon(writing);
                    await writing.WaitAsync(any.Token);
                }

                return await pending.Task;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw _closed.IsCancellationRequested ? Closed(command, null)
                : new BrowserTimeoutException($"The browser did not answer {command.Method} within {deadline.TotalSeconds:0.###} s.");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Closed(command, e);
        }
        finally
        {
            // A later reply finds no pending command and is returned to the array pool.
            _pending.TryRemove(id, out _);
        }

        static BrowserException Closed(CdpCommand command, Exception? cause) => new($"The browser could not answer {command.Method}: the connection is closed.", cause);
    }

    private async Task WriteAsync(long id, CdpCommand command, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        command.WriteTo(buffer, id);
        buffer.Write("\0"u8);
        Interlocked.Add(ref _sentBytes, buffer.WrittenCount);
        await _sending.WaitAsync(cancellationToken);
        try
        {
            // Not the caller's token: a message that is written in part would garble all other commands.
            await _output.WriteAsync(buffer.WrittenMemory, _closed.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _output.DisposeAsync();
        await _input.DisposeAsync();
        // Errors are ignored here, because this must not interrupt the kill of the browser.
        await _receiving.WaitAsync(s_closeDeadline, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sending.Dispose();
    }

    [LoggerMessage(LogLevel.Debug, "A debugging pipe closed: {Reason}. {Pending} commands were pending.")]
    private partial void LogClosed(string reason, int pending);

    [LoggerMessage(LogLevel.Error, "A message from the browser could not be processed and was dropped.")]
    private partial void LogMessageFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "A message from the browser exceeds {MostBytes} bytes and was dropped.")]
    private partial void LogTooLong(int mostBytes);
}

/// <summary>Traffic of a debugging pipe.</summary>
/// <param name="Commands">Number of commands sent; each is one round trip.</param>
/// <param name="SentBytes">Bytes of these commands.</param>
/// <param name="ReceivedBytes">Bytes of replies and events.</param>
internal readonly record struct CdpTraffic(long Commands, long SentBytes, long ReceivedBytes)
{
    public static CdpTraffic operator +(CdpTraffic a, CdpTraffic b) =>
        new(a.Commands + b.Commands, a.SentBytes + b.SentBytes, a.ReceivedBytes + b.ReceivedBytes);

    public static CdpTraffic operator -(CdpTraffic a, CdpTraffic b) =>
        new(a.Commands - b.Commands, a.SentBytes - b.SentBytes, a.ReceivedBytes - b.ReceivedBytes);
}
