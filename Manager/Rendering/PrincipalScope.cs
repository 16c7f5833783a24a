using System.Security.Cryptography;
using System.Text;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Rendering;

/// <summary>Whose pages a caller gets. A page that was shown credentials may hold what they opened, so it belongs to one principal, which the scope of
/// its affinity names. Whoever has the credentials is that principal, so the scope follows from them: a hash that nobody without the fleet's key can
/// compute, or look a password up by.</summary>
internal sealed class PrincipalScope(IOptions<FleetOptions> options)
{
    private const int HashBytes = 16;

    // Without a key that managers share, each has its own: they then keep warm pages of a principal apart, which costs a boot and nothing else.
    private readonly byte[] _key = options.Value.AdminKey is { } key ? Encoding.UTF8.GetBytes("scope:" + key) : RandomNumberGenerator.GetBytes(32);

    /// <summary>The affinity of a render with these credentials.</summary>
    public string Apply(string affinity, RenderCredentials? credentials) =>
        credentials is null || !AffinityKey.TryParse(affinity, out var key) || key.Scope.Length > 0
            ? affinity
            : (key with { Scope = Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(credentials.Authorization)).AsSpan(..HashBytes)) }).ToString();
}
