using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json;
using Fleet.RealmServer.Caching;
using Fleet.ServiceDefaults.Security;
using Fleet.ServiceDefaults.Signatures;

namespace Fleet.RealmServer.Agents;

/// <summary>Reads the keys of agents, and keeps them for as long as the agent allows, within bounds.</summary>
internal sealed partial class KeyDirectories(IHttpClientFactory clients, TimeProvider timeProvider, ILogger<KeyDirectories> logger)
{
    /// <summary>Name of the client that reads directories.</summary>
    public const string Client = "key-directories";

    /// <summary>Maximum size of a directory, in bytes: 64 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Timeout of a read, which a crawler waits for.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private const long MaxCacheBytes = 8 * 1024 * 1024;

    /// <summary>Maximum number of concurrent reads.</summary>
    private const int MaxReads = 4;

    /// <summary>How long a directory is not read again: also one that cannot be read, or lacks a key.</summary>
    private static readonly TimeSpan s_minAge = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_maxAge = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_defaultAge = TimeSpan.FromHours(1);

    private readonly BoundedCache<Entry> _entries = new(MaxCacheBytes, static _ => 2_000);
    private readonly Lock _gate = new();
    private int _reads;

    /// <summary>A key of an agent; null if the agent does not have it, or cannot be reached.</summary>
    /// <param name="agent">The agent's origin.</param>
    /// <param name="keyId">Thumbprint of the key.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async ValueTask<Ed25519Key?> FindAsync(string agent, string keyId, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_gate)
        {
            if (!_entries.TryGet(agent, out var known) || !IsUsable(known, keyId))
            {
                if (_reads >= MaxReads)
                {
                    return null;
                }

                _reads++;
                _entries.Set(agent, known = new(ReadAsync(agent), timeProvider.GetTimestamp()));
            }

            entry = known;
        }

        return (await entry.Directory.WaitAsync(cancellationToken)).Keys.GetValueOrDefault(keyId);
    }

    // A key that is not there may be new.
    private bool IsUsable(Entry entry, string keyId) => !entry.Directory.IsCompletedSuccessfully || timeProvider.GetElapsedTime(entry.At) is var age
        && (age < s_minAge || (age < entry.Directory.Result.MaxAge && entry.Directory.Result.Keys.ContainsKey(keyId)));

    // Not cancelled by the request that began it: others may wait for it too.
    private async Task<Directory> ReadAsync(string agent)
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
                return Directory.None;
            }

            await response.Content.LoadIntoBufferAsync(MaxBytes, timeout.Token);
            return new(KeyDirectory.Read(await response.Content.ReadAsByteArrayAsync(timeout.Token), timeProvider.GetUtcNow()), AgeOf(response.Headers.CacheControl));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            LogUnreadable(agent, e is OperationCanceledException ? $"it did not answer within {Timeout.TotalSeconds} s" : (e.InnerException as ForbiddenAddressException)?.Message ?? e.Message);
            return Directory.None;
        }
        finally
        {
            lock (_gate)
            {
                _reads--;
            }
        }
    }

    private static TimeSpan AgeOf(CacheControlHeaderValue? caching) => caching?.MaxAge is not { } age ? s_defaultAge : age < s_minAge ? s_minAge : age > s_maxAge ? s_maxAge : age;

    [LoggerMessage(LogLevel.Warning, "The keys of agent {Agent} cannot be read, so its signatures do not count: {Reason}")]
    private partial void LogUnreadable(string agent, string reason);

    private sealed record Entry(Task<Directory> Directory, long At);

    private sealed record Directory(ImmutableDictionary<string, Ed25519Key> Keys, TimeSpan MaxAge)
    {
        public static Directory None { get; } = new(ImmutableDictionary<string, Ed25519Key>.Empty, s_minAge);
    }
}
