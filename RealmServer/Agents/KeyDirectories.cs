using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json;
using Fleet.RealmServer.Caching;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Security;
using Fleet.ServiceDefaults.Signatures;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Agents;

/// <summary>Reads the keys of agents, and keeps them for as long as the agent allows, within bounds.</summary>
internal sealed partial class KeyDirectories(IHttpClientFactory clients, IOptions<WebBotAuthOptions> options, TimeProvider timeProvider, ILogger<KeyDirectories> logger)
{
    /// <summary>Name of the client that reads directories.</summary>
    public const string Client = "key-directories";

    /// <summary>Maximum size of a directory, in bytes: 64 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Timeout of a read, which a crawler waits for.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private const long MaxCacheBytes = 8 * 1024 * 1024;

    /// <summary>Size of a directory with all its keys, in bytes.</summary>
    private const int MaxDirectoryBytes = 32_000;

    /// <summary>Maximum number of concurrent reads for agents that <c>WebBotAuth:Agents</c> does not name.</summary>
    private const int MaxReads = 4;

    /// <summary>How long a directory is not read again: also one that cannot be read, or lacks a key.</summary>
    private static readonly TimeSpan s_minAge = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_maxAge = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_defaultAge = TimeSpan.FromHours(1);

    private readonly OriginAllowList _listed = new(options.Value.Agents);
    private readonly BoundedCache<Entry> _entries = new(MaxCacheBytes, static _ => MaxDirectoryBytes);
    private readonly Lock _gate = new();
    private int _reads;

    /// <summary>A key of an agent; null if the agent does not have it, or cannot be reached.</summary>
    /// <param name="agent">The agent's origin.</param>
    /// <param name="keyId">Thumbprint of the key.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async ValueTask<Ed25519Key?> FindAsync(string agent, string keyId, CancellationToken cancellationToken)
    {
        Task<Directory> reading;
        lock (_gate)
        {
            var known = _entries.TryGet(agent, out var entry) ? entry : null;
            if (known?.Latest is { } directory && IsValid(directory) && directory.Keys.TryGetValue(keyId, out var key))
            {
                return key;
            }

            // A key that is not there may be new, so the directory is read again. Until that has succeeded, the keys that it had count.
            if (known is null || (known.Reading.IsCompleted && timeProvider.GetElapsedTime(known.At) >= s_minAge))
            {
                var isListed = _listed.Allows(new Uri(agent));
                if (!isListed && _reads >= MaxReads)
                {
                    return null;
                }

                _reads += isListed ? 0 : 1;
                _entries.Set(agent, known = new(ReadAsync(agent, known?.Latest, isListed), known?.Latest, timeProvider.GetTimestamp()));
            }

            reading = known.Reading;
        }

        return (await reading.WaitAsync(cancellationToken)).Keys.GetValueOrDefault(keyId);
    }

    private bool IsValid(Directory directory) => timeProvider.GetElapsedTime(directory.ReadAt) < directory.MaxAge;

    // Not cancelled by the request that began it: others may wait for it too.
    private async Task<Directory> ReadAsync(string agent, Directory? before, bool isListed)
    {
        await Task.Yield();
        try
        {
            using var timeout = new CancellationTokenSource(Timeout, timeProvider);
            using var client = clients.CreateClient(Client);
            using var request = new HttpRequestMessage(HttpMethod.Get, agent + KeyDirectory.Path);
            request.Headers.Accept.ParseAdd(KeyDirectory.MediaType);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (!response.IsSuccessStatusCode)
            {
                LogUnreadable(agent, $"it answers {(int)response.StatusCode}");
                return Without(before);
            }

            await response.Content.LoadIntoBufferAsync(MaxBytes, timeout.Token);
            return new(KeyDirectory.Read(await response.Content.ReadAsByteArrayAsync(timeout.Token), timeProvider.GetUtcNow()), AgeOf(response.Headers.CacheControl), timeProvider.GetTimestamp());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            LogUnreadable(agent, e is OperationCanceledException ? $"it did not answer within {Timeout.TotalSeconds} s" : (e.InnerException as ForbiddenAddressException)?.Message ?? e.Message);
            return Without(before);
        }
        finally
        {
            lock (_gate)
            {
                _reads -= isListed ? 0 : 1;
            }
        }
    }

    // The keys that count when a directory cannot be read.
    private Directory Without(Directory? before) =>
        before is not null && IsValid(before) ? before : new(ImmutableDictionary<string, Ed25519Key>.Empty, s_minAge, timeProvider.GetTimestamp());

    private static TimeSpan AgeOf(CacheControlHeaderValue? caching) => caching?.MaxAge is not { } age ? s_defaultAge : age < s_minAge ? s_minAge : age > s_maxAge ? s_maxAge : age;

    [LoggerMessage(LogLevel.Warning, "The keys of agent {Agent} cannot be read, so its signatures do not count: {Reason}")]
    private partial void LogUnreadable(string agent, string reason);

    private sealed record Entry(Task<Directory> Reading, Directory? Before, long At)
    {
        public Directory? Latest => Reading.IsCompletedSuccessfully ? Reading.Result : Before;
    }

    private sealed record Directory(ImmutableDictionary<string, Ed25519Key> Keys, TimeSpan MaxAge, long ReadAt);
}
