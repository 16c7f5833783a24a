using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fleet.ServiceDefaults.Security;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry.Redis;

/// <summary>Signs the records in Redis that carry an address, and drops those that no service of this fleet has signed: write access to Redis must not be enough to
/// receive renders. A stored record is <c>"signature signedAt json"</c>. Without an admin key nothing is signed and nothing checked.</summary>
internal sealed partial class RecordSigner(FleetKeys keys, TimeProvider time, ILogger<RecordSigner> logger)
{
    private const string None = "-";

    /// <summary>How far the clocks of two services may be apart: 5 min.</summary>
    private static readonly TimeSpan s_clockTolerance = TimeSpan.FromMinutes(5);

    private readonly FirstOccurrence _warned = new();

    /// <summary>Signs a record.</summary>
    /// <param name="hash">The key of the hash that it is stored in.</param>
    /// <param name="field">Its field. A record that is copied to another field is not valid.</param>
    /// <param name="json">The record.</param>
    /// <param name="isDated">Whether the signature expires. A record that is written again and again must; one whose text is compared must not.</param>
    public string Sign(string hash, string field, string json, bool isDated)
    {
        var at = isDated ? time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) : None;
        return $"{(keys.Records is { } key ? SignatureOf(key, hash, field, at, json) : None)} {at} {json}";
    }

    /// <summary>The record in a stored text; null, with one warning per field, if it is not signed with this fleet's key or its signature has expired.</summary>
    /// <param name="hash">The key of the hash that it is stored in.</param>
    /// <param name="field">Its field.</param>
    /// <param name="stored">The stored text.</param>
    /// <param name="timeToLive">Age above which a dated signature is invalid; null if the signature is not dated.</param>
    public string? Verify(string hash, string field, string stored, TimeSpan? timeToLive)
    {
        if (stored.Split(' ', 3) is [var signature, var at, var json] && (keys.Records is not { } key || IsValid(key, hash, field, signature, at, json, timeToLive)))
        {
            return json;
        }

        var name = $"{hash} {field}";
        if (_warned.Is(name))
        {
            LogNotSigned(name);
        }

        return null;
    }

    private bool IsValid(byte[] key, string hash, string field, string signature, string at, string json, TimeSpan? timeToLive)
    {
        var expected = SignatureOf(key, hash, field, at, json);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(expected)))
        {
            return false;
        }

        if (timeToLive is null)
        {
            return at == None;
        }

        return long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) is var age && age < timeToLive + s_clockTolerance && age > -s_clockTolerance;
    }

    private static string SignatureOf(byte[] key, string hash, string field, string at, string json) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{hash}\n{field}\n{at}\n{json}")));

    [LoggerMessage(LogLevel.Warning, "Ignoring {Name} in Redis: it is not signed with this fleet's key, or its signature has expired. Every service needs the same Fleet:AdminKey "
        + "and a clock that is right within 5 minutes; if both are so, something else writes to this Redis.")]
    private partial void LogNotSigned(string name);
}
