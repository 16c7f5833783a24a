using System.Security.Cryptography;
using System.Text;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Content;

/// <summary>Authorizes reads of private realms.</summary>
internal sealed class ReadKeys(IOptions<RealmsOptions> options)
{
    private const string Bearer = "Bearer ";

    private const string Basic = "Basic ";

    /// <summary>PBKDF2 iterations. The scope is visible wherever affinities are shown and in Redis, so guessing the key from it must be slow.</summary>
    private const int Iterations = 100_000;

    private const int ScopeBytes = 12;

    // By realm id, in any spelling that FolderNames treats as equal.
    private readonly Dictionary<string, string> _keys = new(options.Value.ReadKeys, FolderNames.Alike);

    private readonly Dictionary<string, byte[]> _hashes =
        options.Value.ReadKeys.ToDictionary(key => key.Key, key => Hash(key.Value), FolderNames.Alike);

    /// <summary>The scope of each private realm, by id: a digest of id and key, the same on every replica. Realms with equal keys have different scopes.</summary>
    public IReadOnlyDictionary<string, string> Scopes { get; } =
        options.Value.ReadKeys.ToDictionary(key => key.Key, key => ScopeOf(FolderNames.Canonical(key.Key), key.Value), FolderNames.Alike);

    /// <summary>Whether the request carries the realm's key. Marks the response as not cacheable by shared caches.</summary>
    public bool Admit(HttpContext http, Realm realm)
    {
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Authorization);
        http.Response.Headers.CacheControl = "private, no-cache";
        return MayRead(http.Request, realm);
    }

    /// <summary>Whether the realm is public or the request carries its key.</summary>
    public bool MayRead(HttpRequest request, Realm realm) => !realm.IsPrivate
        // Hashes all have the same length, so the comparison does not leak the length of the key.
        || (Presented(request.Headers.Authorization.ToString()) is { } key
            && _hashes.TryGetValue(realm.Id, out var expected)
            && CryptographicOperations.FixedTimeEquals(Hash(key), expected));

    /// <summary>The credentials that a render sends to this server to read a realm; null for a public realm.</summary>
    public RenderCredentials? CredentialsFor(Realm realm) =>
        realm.IsPrivate ? new() { Authorization = Bearer + _keys[realm.Id] } : null;

    /// <summary>Responds with 401. The response is the same for cards that exist and cards that do not.</summary>
    public static Task RefuseAsync(HttpContext http, Realm realm)
    {
        // Browsers prompt the user and then send the key with every request below the realm's path.
        http.Response.Headers.WWWAuthenticate = $"Basic realm=\"{realm.Id}\", charset=\"UTF-8\"";
        http.Response.Headers.CacheControl = "no-store";
        return FleetProblem.Result(
            StatusCodes.Status401Unauthorized, "wrong-read-key", $"Reading {realm.Path} requires its key (Realms:ReadKeys:{realm.Id}).").ExecuteAsync(http);
    }

    /// <summary>The key in an <c>Authorization</c> header; null if there is none.</summary>
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
