using Fleet.ServiceDefaults;
using StackExchange.Redis;

namespace Fleet.AppHost.Local;

/// <summary>Looks whether a configured Redis is there, before anything is started that would wait for it.</summary>
internal static class RedisProbe
{
    /// <summary>Connects once.</summary>
    /// <exception cref="StartException">It is not there, or the connection string cannot be read.</exception>
    public static async Task CheckAsync(string connectionString)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(connectionString);
        }
        catch (ArgumentException e)
        {
            throw new StartException($"ConnectionStrings:redis cannot be read: {e.Message}", e);
        }

        options.AbortOnConnectFail = true;
        options.ConnectTimeout = 3_000;
        options.ConnectRetry = 1;
        try
        {
            using var connection = await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false);
            await connection.GetDatabase().PingAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The endpoints only: the string may hold a password.
            throw new StartException(
                $"No Redis answers at {string.Join(", ", options.EndPoints)} (ConnectionStrings:redis). Start it, correct the setting, "
                + "or leave the setting out: then the fleet starts a redis-server of its own.", e);
        }
    }
}
