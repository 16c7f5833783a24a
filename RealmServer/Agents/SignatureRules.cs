using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Security;
using Fleet.ServiceDefaults.Signatures;

namespace Fleet.RealmServer.Agents;

/// <summary>Decides which signature of a request is verified, before any key is read.</summary>
/// <param name="agents">Origins of agents, or <c>*</c> (<c>WebBotAuth:Agents</c>).</param>
internal sealed class SignatureRules(IReadOnlyList<string> agents)
{
    /// <summary>Maximum length of each of the headers, in characters.</summary>
    public const int MaxHeaderLength = 4_096;

    /// <summary>Maximum duration between <c>created</c> and <c>expires</c>: 24 h.</summary>
    public static readonly TimeSpan MaxValidity = TimeSpan.FromHours(24);

    /// <summary>How long a signature without a nonce counts, from <c>created</c>: 5 min. With one it counts once.</summary>
    public static readonly TimeSpan MaxAgeWithoutNonce = TimeSpan.FromMinutes(5);

    /// <summary>How far the clock of an agent may be ahead: 1 min.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private const string Tag = "web-bot-auth";
    private const string Authority = "@authority";
    private const string Agent = "signature-agent";
    private const int MaxNonceLength = 256;

    private readonly OriginAllowList _listed = new(agents);
    private readonly bool _takesAny = agents.Contains(WebBotAuthOptions.Any);

    /// <summary>The first signature with the tag of Web Bot Auth that may count; null if there is none.</summary>
    /// <param name="agent">The header <c>Signature-Agent</c>.</param>
    /// <param name="inputs">The header <c>Signature-Input</c>.</param>
    /// <param name="signatures">The header <c>Signature</c>.</param>
    /// <param name="now">The current time.</param>
    public SignatureClaim? Find(string? agent, string? inputs, string? signatures, DateTimeOffset now)
    {
        if (new[] { agent, inputs, signatures }.Any(static header => header is not { Length: > 0 and <= MaxHeaderLength })
            || StructuredFields.ReadDictionary(inputs!) is not { } members || StructuredFields.ReadDictionary(signatures!) is not { } values)
        {
            return null;
        }

        foreach (var (label, text) in members)
        {
            if (SignatureInput.Read(text) is { Tag: Tag } input && IsTimely(input, now) && input.KeyId is { Length: > 0 and <= 128 } && input.Nonce is null or { Length: <= MaxNonceLength }
                && input.Parameters.GetValueOrDefault("alg") is null or "ed25519"
                && input.Components.Any(static component => component is { Name: Authority, Parameters.Count: 0 })
                && values.TryGetValue(label, out var value) && StructuredFields.BytesOf(value) is { } signature
                && OriginOf(agent!, input) is { } origin)
            {
                return new(origin, input, signature);
            }
        }

        return null;
    }

    private static bool IsTimely(SignatureInput input, DateTimeOffset now) =>
        input is { Created: { } created, Expires: { } expires } && created <= now + ClockTolerance && now < expires && expires - created <= MaxValidity
        && (input.Nonce is not null || now - created <= MaxAgeWithoutNonce);

    // The header is a dictionary of URLs, or one URL in earlier drafts. Only a covered header counts: any other could be replaced.
    private string? OriginOf(string agent, SignatureInput input)
    {
        var component = input.Components.FirstOrDefault(static component => component.Name == Agent);
        var text = component switch
        {
            null => null,
            { Parameters.Count: 0 } => agent.Trim(),
            _ => component.Parameters.GetValueOrDefault("key") is { } key ? StructuredFields.ReadDictionary(agent)?.GetValueOrDefault(key) : null,
        };
        return text is not null && StructuredFields.StringOf(text) is { } url && Uri.TryCreate(url, UriKind.Absolute, out var uri) && OriginAllowList.IsHttp(uri) && IsAllowed(uri)
            ? OriginAllowList.OriginOf(uri) : null;
    }

    // The keys of an agent that no operator has named are read from public addresses only.
    private bool IsAllowed(Uri agent) => _listed.Allows(agent)
        || (_takesAny && agent.Scheme == Uri.UriSchemeHttps && agent.UserInfo.Length == 0 && agent.IsDefaultPort && PublicConnection.IsPublicName(agent.Host));
}

/// <summary>A signature that is yet to be verified.</summary>
/// <param name="Agent">The origin that has the key.</param>
/// <param name="Input">What it covers.</param>
/// <param name="Signature">Its bytes.</param>
internal sealed record SignatureClaim(string Agent, SignatureInput Input, byte[] Signature);
