using System.Diagnostics.CodeAnalysis;

namespace Fleet.Contracts;

/// <summary>What may share a browser context: a realm or a user, plus the auth scope. Never two principals in one context.</summary>
/// <param name="Kind"><c>realm</c> or <c>user</c>.</param>
/// <param name="Value">The realm's URL (ends with a slash) or the user's id; without a <c>#</c>.</param>
/// <param name="Scope">The principal whose credentials the page holds; empty for public content.</param>
public sealed record AffinityKey(string Kind, string Value, string Scope = "")
{
    /// <summary>The affinity of a realm's public content.</summary>
    public static AffinityKey Realm(string url) => new("realm", url.EndsWith('/') ? url : url + "/");

    /// <summary>The wire form: <c>kind:value</c>, with <c>#scope</c> appended when there is one.</summary>
    public override string ToString() => Scope.Length == 0 ? $"{Kind}:{Value}" : $"{Kind}:{Value}#{Scope}";

    /// <summary>Parses the wire form. False for anything else, longer than <see cref="RenderLimits.MaxAffinityLength"/>, or with control characters.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AffinityKey? key)
    {
        key = null;
        if (text is null || text.Length > RenderLimits.MaxAffinityLength || text.Any(char.IsControl))
        {
            return false;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        // The first one: whatever stands behind it is scope, so that a key and its wire form say the same.
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var end = hash < 0 ? text.Length : hash;
        if (colon < 0 || end <= colon + 1)
        {
            return false;
        }

        var (kind, value, scope) = (text[..colon], text[(colon + 1)..end], hash < 0 ? "" : text[(hash + 1)..]);
        key = kind switch
        {
            "user" => new(kind, value, scope),
            "realm" when Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" =>
                Realm(value) with { Scope = scope },
            _ => null,
        };
        return key is not null;
    }
}
