using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <summary>Calls Redis for all stores. Every call has a timeout, and every failure is a <see cref="RegistryUnavailableException"/>.</summary>
/// <remarks>The timeout is enforced here because the client checks its own only on its heartbeat.</remarks>
internal sealed class RedisConnection(IConnectionMultiplexer multiplexer, TimeProvider timeProvider)
{
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
        try
        {
            return await call(multiplexer.GetDatabase()).WaitAsync(Deadline, timeProvider, cancellationToken);
        }
        catch (Exception exception) when (exception is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException)
        {
            throw Unavailable(operation, exception);
        }
    }

    public Task<RedisResult> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken) =>
        CallAsync(script.Operation, database => database.ScriptEvaluateAsync(script.Text, keys, values), cancellationToken);

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
