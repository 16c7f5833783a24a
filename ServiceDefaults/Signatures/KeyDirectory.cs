using System.Collections.Immutable;
using System.Text.Json;

namespace Fleet.ServiceDefaults.Signatures;

/// <summary>The keys of an agent: the document at <c>/.well-known/http-message-signatures-directory</c>.</summary>
public static class KeyDirectory
{
    /// <summary>Path of the document.</summary>
    public const string Path = "/.well-known/http-message-signatures-directory";

    /// <summary>Media type of the document.</summary>
    public const string MediaType = "application/http-message-signatures-directory+json";

    /// <summary>Maximum number of keys that are read.</summary>
    public const int MaxKeys = 32;

    private const double MaxSeconds = 100_000_000_000;

    /// <summary>The Ed25519 keys that are valid at a time, by their thumbprint. Keys of other algorithms are left out.</summary>
    /// <exception cref="JsonException">The document is not a directory.</exception>
    public static ImmutableDictionary<string, Ed25519Key> Read(ReadOnlySpan<byte> json, DateTimeOffset now)
    {
        var document = JsonSerializer.Deserialize<Document>(json, JsonSerializerOptions.Web);
        return (document?.Keys ?? []).Take(MaxKeys)
            .Where(key => key is { Kty: "OKP", Crv: "Ed25519" } && !(Seconds(key.Nbf) > now.ToUnixTimeSeconds()) && !(Seconds(key.Exp) <= now.ToUnixTimeSeconds()))
            .Select(static key => Ed25519Key.Read(key.X)).OfType<Ed25519Key>()
            .DistinctBy(static key => key.Thumbprint).ToImmutableDictionary(static key => key.Thumbprint, StringComparer.Ordinal);
    }

    /// <summary>The document with one key.</summary>
    public static byte[] Write(Ed25519Key key) => JsonSerializer.SerializeToUtf8Bytes(
        new { keys = new[] { new { kty = "OKP", crv = "Ed25519", kid = key.Thumbprint, x = key.X, use = "sig" } } });

    // Some directories have milliseconds.
    private static double? Seconds(double? time) => time > MaxSeconds ? time / 1_000 : time;

    private sealed record Document(IReadOnlyList<Jwk>? Keys);

    private sealed record Jwk(string? Kty, string? Crv, string? X, double? Nbf, double? Exp);
}
