using System.Security.Cryptography;
using System.Text;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Content;

/// <summary>Who may read private realms.</summary>
internal sealed class ReadKeys(IOptions<RealmsOptions> options)
{
    private const string Bearer = "Bearer ";

    private const string Basic = "Basic ";

    /// <summary>The scope can be seen where affinities are shown, and in Redis: guessing keys by it shall take long.</summary>
    private const int Iterations = 100_000;

    private const int ScopeBytes = 12;

    // By a realm's id, however the setting spells it.
    private readonly Dictionary<string, string> _keys = new(options.Value.ReadKeys, FolderNames.Alike);

    private readonly Dictionary<string, byte[]> _hashes =
        options.Value.ReadKeys.ToDictionary(key => key.Key, key => Hash(key.Value), FolderNames.Alike);

    /// <summary>The scope of each private realm, by id: a digest of its key, the same on every replica. Realms with equal keys have scopes of their own.</summary>
    public IReadOnlyDictionary<string, string> Scopes { get; } =
        options.Value.ReadKeys.ToDictionary(key => key.Key, key => ScopeOf(FolderNames.Canonical(key.Key), key.Value), FolderNames.Alike);

    /// <summary>Whether the request carries the realm's key. Marks the answer as one that no shared cache may keep.</summary>
    public bool Admit(HttpContext http, Realm realm)
    {
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Authorization);
        http.Response.Headers.CacheControl = "private, no-cache";
        return MayRead(http.Request, realm);
    }

    /// <summary>Whether the realm is public, or the request carries its key.</summary>
    public bool MayRead(HttpRequest request, Realm realm) => !realm.IsPrivate
        // Hashes have one length, so the comparison does not tell the key's.
        || (Presented(request.Headers.Authorization.ToString()) is { } key
            && _hashes.TryGetValue(realm.Id, out var expected)
            && CryptographicOperations.FixedTimeEquals(Hash(key), expected));

    /// <summary>What a page of the fleet shows this server so that it may read a realm; null for a public one.</summary>
    public RenderCredentials? CredentialsFor(Realm realm) =>
        realm.IsPrivate ? new() { Authorization = Bearer + _keys[realm.Id] } : null;

    /// <summary>Refuses, alike for cards that exist and cards that do not.</summary>
    public static Task RefuseAsync(HttpContext http, Realm realm)
    {
        // Browsers ask their user and send the key along with everything below the realm's path.
        http.Response.Headers.WWWAuthenticate = $"Basic realm=\"{realm.Id}\", charset=\"UTF-8\"";
        http.Response.Headers.CacheControl = "no-store";
        return FleetProblem.Result(
            StatusCodes.Status401Unauthorized, "wrong-read-key", $"Reading {realm.Path} wants its key (Realms:ReadKeys:{realm.Id}).").ExecuteAsync(http);
    }

    /// <summary>The key in an <c>Authorization</c> header; null when there is none.</summary>
    internal static string? Presented(string authorization)
    {
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        var bytes = new byte[authorization.Length];
        if (!authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            || !Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), bytes, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? pair[(colon + 1)..] : null;
    }

    private static string ScopeOf(string realm, string key) => Convert.ToHexStringLower(
        Rfc2898DeriveBytes.Pbkdf2(key, Encoding.UTF8.GetBytes("fleet:read-key:" + realm), Iterations, HashAlgorithmName.SHA256, ScopeBytes));

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
