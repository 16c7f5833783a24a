using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <summary>Calls Redis for all stores. Every call has a timeout, and every failure is a <see cref="RegistryUnavailableException"/>.</summary>
/// <remarks>
/// The timeout is enforced here because the client checks its own only on its heartbeat.
/// Redis is away when a call has waited for its timeout and none was answered meanwhile. Then one call at a time tries, and the others fail at once: without that, every request of a visitor
/// would wait for the timeout, and a service would have as many requests in progress as arrive in it.
/// </remarks>
internal sealed class RedisConnection(IConnectionMultiplexer multiplexer, TimeProvider timeProvider)
{
    private long _answeredAt;
    private int _isTrying;
    private volatile bool _isAway;

    /// <summary>Timeout of a call: 2 s.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    public IConnectionMultiplexer Multiplexer => multiplexer;

    /// <summary>Calls Redis.</summary>
    /// <param name="operation">What the call does, for error messages: "read the host shell".</param>
    /// <param name="call">Starts the call.</param>
    /// <param name="cancellationToken">Cancels the wait; a command that was sent may still run.</param>
    /// <exception cref="RegistryUnavailableException">Redis is unavailable, did not answer in time, or rejected the call.</exception>
    public async Task<T> CallAsync<T>(string operation, Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isTrial = _isAway && Interlocked.Exchange(ref _isTrying, 1) == 0;
        if (_isAway && !isTrial)
        {
            throw new RegistryUnavailableException($"Redis is away, so it was not asked to {operation} (ConnectionStrings:redis).");
        }

        try
        {
            return await TryCallAsync(call, cancellationToken);
        }
        catch (Exception exception) when (exception is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException)
        {
            throw Unavailable(operation, exception);
        }
        finally
        {
            if (isTrial)
            {
                Volatile.Write(ref _isTrying, 0);
            }
        }
    }

    public Task<RedisResult> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken) =>
        CallAsync(script.Operation, database => database.ScriptEvaluateAsync(script.Text, keys, values), cancellationToken);

    private async Task<T> TryCallAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        var startedAt = timeProvider.GetTimestamp();
        try
        {
            var answer = await call(multiplexer.GetDatabase()).WaitAsync(Deadline, timeProvider, cancellationToken);
            OnAnswer();
            return answer;
        }
        catch (RedisServerException)
        {
            OnAnswer();
            throw;
        }
        catch (TimeoutException) when (Volatile.Read(ref _answeredAt) <= startedAt)
        {
            _isAway = true;
            throw;
        }
    }

    private void OnAnswer()
    {
        Volatile.Write(ref _answeredAt, timeProvider.GetTimestamp());
        _isAway = false;
    }

    private static RegistryUnavailableException Unavailable(string operation, Exception exception)
    {
        var reason = exception switch
        {
            TimeoutException => $"did not answer within {Deadline.TotalSeconds:0} s",
            RedisServerException or RedisCommandException => $"rejected the call ({exception.Message})",
            ObjectDisposedException => "is disconnected because this service is stopping,",
            _ => "cannot be reached",
        };
        // Callers without a key see this message, so it names the setting and not the address.
        return new($"Redis {reason} when asked to {operation} (ConnectionStrings:redis).", exception);
    }
}
