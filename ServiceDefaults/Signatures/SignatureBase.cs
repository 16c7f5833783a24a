using System.Text;

namespace Fleet.ServiceDefaults.Signatures;

/// <summary>The text that a signature signs (RFC 9421, section 2.5).</summary>
public static class SignatureBase
{
    /// <summary>Maximum length of the text, in characters.</summary>
    private const int MaxLength = 16_384;

    /// <summary>The text of a message. Null if a component is unknown or is missing in the request, and if the text would be too long.</summary>
    public static string? Of(SignatureInput input, SignedMessage message)
    {
        var text = new StringBuilder();
        foreach (var component in input.Components)
        {
            if (ValueOf(component, message) is not { } value || value.Contains('\n', StringComparison.Ordinal) || text.Length + value.Length > MaxLength)
            {
                return null;
            }

            text.Append(component.Text).Append(": ").Append(value).Append('\n');
        }

        return text.Append("\"@signature-params\": ").Append(input.Text).ToString();
    }

    // Two parameters of components are supported: 'key', a member of a dictionary, and 'req', the request's authority in the signature of a response. Null for any other component.
    private static string? ValueOf(SignedComponent component, SignedMessage message) => (component.Name, component.Parameters.Count) switch
    {
        ("@authority", 0) => message.Authority,
        ("@authority", 1) when message.IsResponse && component.Parameters.ContainsKey("req") => message.Authority,
        ("@method", 0) => message.Method,
        ("@scheme", 0) => message.Scheme,
        ("@path", 0) => message.Target.Split('?', 2)[0],
        ("@query", 0) => message.Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? message.Target[at..] : "?",
        ("@request-target", 0) => message.Target,
        ("@target-uri", 0) => $"{message.Scheme}://{message.Authority}{message.Target}",
        (['@', ..], _) => null,
        (var name, 0) => message.Header(name),
        (var name, 1) when component.Parameters.TryGetValue("key", out var key) && message.Header(name) is { } field => StructuredFields.ReadDictionary(field)?.GetValueOrDefault(key),
        _ => null,
    };
}

/// <summary>The parts of a request, or of the response to it, that a signature may cover.</summary>
/// <param name="Method">The method.</param>
/// <param name="Scheme">The scheme, in lower case.</param>
/// <param name="Authority">The host in lower case, with the port unless it is the scheme's own.</param>
/// <param name="Target">Path and query as sent.</param>
/// <param name="Header">Gets the value of a header by its lower-case name: its values, joined by a comma and a space; null if there is none.</param>
public sealed record SignedMessage(string Method, string Scheme, string Authority, string Target, Func<string, string?> Header)
{
    /// <summary>Whether the headers are those of the response to this request.</summary>
    public bool IsResponse { get; init; }

    /// <summary>The authority of a URL.</summary>
    public static string AuthorityOf(Uri url) => OriginAllowList.OriginOf(url)[(url.Scheme.Length + 3)..];
}
