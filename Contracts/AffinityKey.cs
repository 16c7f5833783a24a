using System.Diagnostics.CodeAnalysis;

namespace Fleet.Contracts;

/// <summary>Identifies what may share a browser context: a realm or a user, and the principal. Two principals never share a context.</summary>
/// <param name="Kind"><c>realm</c> or <c>user</c>.</param>
/// <param name="Value">The realm's URL, ending with a slash, or the user's id. Contains no <c>#</c>.</param>
/// <param name="Scope">The principal whose credentials the page uses; empty for public content.</param>
public sealed record AffinityKey(string Kind, string Value, string Scope = "")
{
    /// <summary>The affinity of a realm's public content.</summary>
    public static AffinityKey Realm(string url) => new("realm", url.EndsWith('/') ? url : url + "/");

    /// <summary>The wire form: <c>kind:value</c>, followed by <c>#scope</c> if there is one.</summary>
    public override string ToString() => Scope.Length == 0 ? $"{Kind}:{Value}" : $"{Kind}:{Value}#{Scope}";

    /// <summary>Parses the wire form. False if it is malformed, longer than <see cref="RenderLimits.MaxAffinityLength"/>, or contains control characters.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AffinityKey? key)
    {
        key = null;
        if (text is null || text.Length > RenderLimits.MaxAffinityLength || text.Any(char.IsControl))
        {
            return false;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        // Everything after the first '#' is the scope, so that the wire form round-trips.
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
