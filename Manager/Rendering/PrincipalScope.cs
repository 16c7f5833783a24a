using System.Security.Cryptography;
using System.Text;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Security;

namespace Fleet.Manager.Rendering;

/// <summary>Derives the scope of an affinity from the credentials of a render. A page that used credentials may hold private content, so it serves only
/// callers with the same credentials. The scope is an HMAC with a key that only this purpose has: without it, the scope can neither be computed nor used
/// to guess a password.</summary>
internal sealed class PrincipalScope(FleetKeys keys)
{
    private const int HashBytes = 16;

    // Without a shared key each manager uses a random one: managers then do not share a principal's warm pages, which only costs extra boots.
    private readonly byte[] _key = keys.Scope ?? RandomNumberGenerator.GetBytes(32);

    /// <summary>Adds the scope of <paramref name="credentials"/> to an affinity. An affinity that has a scope, or no credentials, leaves it unchanged.</summary>
    public string Apply(string affinity, RenderCredentials? credentials) =>
        credentials is null || !AffinityKey.TryParse(affinity, out var key) || key.Scope.Length > 0
            ? affinity
            : (key with { Scope = Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(credentials.Authorization)).AsSpan(..HashBytes)) }).ToString();
}
