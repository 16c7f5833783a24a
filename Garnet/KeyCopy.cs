using StackExchange.Redis;

namespace Fleet.Garnet;

/// <summary>Copies all keys of one server to another: strings, hashes and sorted sets with their expiry, which is all that the fleet stores. A key of
/// another type is an error.</summary>
internal static class KeyCopy
{
    private const int ScanPageSize = 200;
    private const int MaxBatchBytes = 1024 * 1024;

    /// <summary>Copies all keys between servers on 127.0.0.1.</summary>
    /// <param name="from">Port of the source.</param>
    /// <param name="to">Port of the target.</param>
    /// <param name="password">Password of both; null for none.</param>
    /// <param name="isInUse">Whether clients use one of them meanwhile: then keys that the target has stay as they are there, and a copy may differ from what its source is in the end.</param>
    /// <param name="cancellationToken">Ends the copy.</param>
    /// <exception cref="InvalidDataException">A key has another type, or was not copied completely.</exception>
    /// <exception cref="RedisException">A server does not answer.</exception>
    public static async Task CopyAsync(int from, int to, string? password, bool isInUse, CancellationToken cancellationToken)
    {
        await using var source = await ConnectAsync(from, password);
        await using var target = await ConnectAsync(to, password);
        await CopyAsync(source.GetServers().Single(), source.GetDatabase(), target.GetDatabase(), isInUse, cancellationToken);
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(int port, string? password) => ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
    {
        EndPoints = { { "127.0.0.1", port } },
        Password = password,
        AbortOnConnectFail = true,
        AsyncTimeout = 30_000,
    });

    private static async Task CopyAsync(IServer source, IDatabase from, IDatabase to, bool isInUse, CancellationToken cancellationToken)
    {
        await foreach (var key in source.KeysAsync(pageSize: ScanPageSize).WithCancellation(cancellationToken))
        {
            if (isInUse && await to.KeyExistsAsync(key))
            {
                continue;
            }

            switch (await from.KeyTypeAsync(key))
            {
                case RedisType.String:
                    var (value, expiry) = await from.StringGetWithExpiryAsync(key) is var read ? (read.Value, read.Expiry) : default;
                    await to.StringSetAsync(key, value, expiry is { } left ? new Expiration(left) : Expiration.Default);
                    continue;
                case RedisType.Hash:
                    await CopyHashAsync(key, from, to, cancellationToken);
                    Verify(key, await from.HashLengthAsync(key), await to.HashLengthAsync(key), isInUse);
                    break;
                case RedisType.SortedSet:
                    await CopySortedSetAsync(key, from, to, cancellationToken);
                    Verify(key, await from.SortedSetLengthAsync(key), await to.SortedSetLengthAsync(key), isInUse);
                    break;
                case RedisType.None:
                    // The key has expired since the scan.
                    continue;
                case var type:
                    throw new InvalidDataException($"The key '{key}' is a {type}, which the fleet does not store.");
            }

            if (await from.KeyTimeToLiveAsync(key) is { } ttl)
            {
                await to.KeyExpireAsync(key, ttl);
            }
        }
    }

    private static async Task CopyHashAsync(RedisKey key, IDatabase from, IDatabase to, CancellationToken cancellationToken)
    {
        var batch = new List<HashEntry>();
        var bytes = 0L;
        await foreach (var entry in from.HashScanAsync(key, pageSize: ScanPageSize).WithCancellation(cancellationToken))
        {
            batch.Add(entry);
            bytes += entry.Value.Length();
            if (bytes >= MaxBatchBytes)
            {
                await to.HashSetAsync(key, [.. batch]);
                batch.Clear();
                bytes = 0;
            }
        }

        await to.HashSetAsync(key, [.. batch]);
    }

    private static async Task CopySortedSetAsync(RedisKey key, IDatabase from, IDatabase to, CancellationToken cancellationToken)
    {
        var batch = new List<SortedSetEntry>();
        await foreach (var entry in from.SortedSetScanAsync(key, pageSize: ScanPageSize).WithCancellation(cancellationToken))
        {
            batch.Add(entry);
            if (batch.Count >= ScanPageSize)
            {
                await to.SortedSetAddAsync(key, [.. batch]);
                batch.Clear();
            }
        }

        await to.SortedSetAddAsync(key, [.. batch]);
    }

    private static void Verify(RedisKey key, long expected, long copied, bool isInUse)
    {
        if (!isInUse && expected != copied)
        {
            throw new InvalidDataException($"'{key}' has {expected} entries, of which {copied} were copied.");
        }
    }
}
