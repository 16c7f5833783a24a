using System.Security.Cryptography;
using System.Text;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Security;

/// <summary>The keys that are derived from the admin key, one per purpose, the same in every service. The admin key itself signs nothing and is sent to no service:
/// a signature or token that becomes known is worth only its own purpose.</summary>
/// <remarks>The admin key is first stretched (PBKDF2), so that testing a guess against a signature that a page has seen costs as much as the stretching. HKDF then
/// makes independent keys of the result.</remarks>
public sealed class FleetKeys(IOptions<FleetOptions> options)
{
    /// <summary>PBKDF2 iterations: about 50 ms at the start of a service, once.</summary>
    private const int Iterations = 100_000;

    private const int KeyBytes = 32;

    private readonly Lazy<Derived?> _keys = new(() => options.Value.AdminKey is { } key ? Derive(key) : null);

    /// <summary>Whether an admin key is configured; without one there are no keys, and nothing is signed.</summary>
    public bool IsConfigured => options.Value.AdminKey is not null;

    /// <summary>Signs the lineage of renders, which pages send back; null without an admin key.</summary>
    public byte[]? Lineage => _keys.Value?.Lineage;

    /// <summary>Digests credentials to scopes, which are visible in affinities; null without an admin key.</summary>
    public byte[]? Scope => _keys.Value?.Scope;

    /// <summary>Signs records in Redis that carry an address; null without an admin key.</summary>
    public byte[]? Records => _keys.Value?.Records;

    /// <summary>Signs the tokens with which services call each other; null without an admin key.</summary>
    public byte[]? Services => _keys.Value?.Services;

    private static Derived Derive(string adminKey)
    {
        var root = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(adminKey), "fleet:admin-key"u8, Iterations, HashAlgorithmName.SHA256, KeyBytes);
        return new(For("lineage"), For("scope"), For("records"), For("services"));

        byte[] For(string purpose) => HKDF.Expand(HashAlgorithmName.SHA256, root, KeyBytes, Encoding.UTF8.GetBytes("fleet:" + purpose));
    }

    private sealed record Derived(byte[] Lineage, byte[] Scope, byte[] Records, byte[] Services);
}
