using System.Net;
using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <summary>The way to Redis for all stores: every call ends within the deadline, and every failure is one exception.</summary>
/// <remarks>The deadline is here because the client has none for asynchronous calls (1.2.6), or one that only its own heartbeat looks at.</remarks>
internal sealed class RedisConnection(IConnectionMultiplexer multiplexer, TimeProvider timeProvider)
{
    /// <summary>Longest time that a caller waits for Redis: 2 s.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    public IConnectionMultiplexer Multiplexer => multiplexer;

    /// <param name="operation">What the call does, for the error: "read the host shell".</param>
    /// <param name="call">Starts it.</param>
    /// <param name="cancellationToken">Stops the waiting; a command that has been sent may still be carried out.</param>
    /// <exception cref="RegistryUnavailableException">Redis is away, late, or refuses.</exception>
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
        CallAsync(script.Operation, database => EvaluateAsync(database, script.Text, keys, values), cancellationToken);

    // Redis forgets scripts when it restarts; the client learns it from this error, and sends the text with the next call.
    private static async Task<RedisResult> EvaluateAsync(IDatabase database, string text, RedisKey[] keys, RedisValue[] values)
    {
        try
        {
            return await database.ScriptEvaluateAsync(text, keys, values);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return await database.ScriptEvaluateAsync(text, keys, values);
        }
    }

    private RegistryUnavailableException Unavailable(string operation, Exception exception)
    {
        var address = string.Join(", ", multiplexer.GetEndPoints().Select(Describe));
        var reason = exception switch
        {
            TimeoutException => $"did not answer within {Deadline.TotalSeconds:0} s",
            RedisServerException or RedisCommandException => $"refused ({exception.Message})",
            ObjectDisposedException => "is disconnected, because this service stops,",
            _ => "cannot be reached",
        };
        return new($"Redis at {address} {reason} when asked to {operation} (ConnectionStrings:redis).", exception);
    }

    private static string Describe(EndPoint endPoint) => endPoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endPoint.ToString() ?? "";
}
