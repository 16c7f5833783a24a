using System.Collections.Immutable;
using System.Globalization;

namespace Fleet.ServiceDefaults.Signatures;

/// <summary>What a signature covers, and its parameters: a member of the header <c>Signature-Input</c> (RFC 9421, section 4.1).</summary>
public sealed record SignatureInput
{
    /// <summary>Maximum number of covered components.</summary>
    public const int MaxComponents = 16;

    /// <summary>The text of the member, as it is part of the signature base.</summary>
    public required string Text { get; init; }

    /// <summary>The covered components, in order.</summary>
    public required ImmutableArray<SignedComponent> Components { get; init; }

    /// <summary>The parameters. Strings are without quotes and escapes.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>The parameter <c>tag</c>; null if there is none.</summary>
    public string? Tag => Parameters.GetValueOrDefault("tag");

    /// <summary>The parameter <c>keyid</c>; null if there is none.</summary>
    public string? KeyId => Parameters.GetValueOrDefault("keyid");

    /// <summary>The parameter <c>nonce</c>; null if there is none.</summary>
    public string? Nonce => Parameters.GetValueOrDefault("nonce");

    /// <summary>The parameter <c>created</c>; null if there is none or it is not a time.</summary>
    public DateTimeOffset? Created => TimeOf("created");

    /// <summary>The parameter <c>expires</c>; null if there is none or it is not a time.</summary>
    public DateTimeOffset? Expires => TimeOf("expires");

    /// <summary>Reads a member. Null if it is not an inner list of lower-case strings with parameters, or covers more than <see cref="MaxComponents"/>.</summary>
    public static SignatureInput? Read(string text)
    {
        var reader = new StructuredFieldReader(text);
        var components = ImmutableArray.CreateBuilder<SignedComponent>();
        if (!reader.TryTake('('))
        {
            return null;
        }

        while (!reader.TryTake(')'))
        {
            reader.SkipSpaces();
            if (reader.TryTake(')'))
            {
                break;
            }

            var start = reader.Position;
            if (components.Count == MaxComponents || reader.ReadString() is not { } name || name.Any(char.IsAsciiLetterUpper) || reader.ReadParameters() is not { } parameters)
            {
                return null;
            }

            components.Add(new(name, parameters, text[start..reader.Position]));
        }

        return reader.ReadParameters() is { } own && reader.IsAtEnd
            && components.Select(static component => component.Text).Distinct(StringComparer.Ordinal).Count() == components.Count
                ? new() { Text = text, Components = components.ToImmutable(), Parameters = own } : null;
    }

    private DateTimeOffset? TimeOf(string name) =>
        Parameters.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}

/// <summary>A component of a message that a signature covers.</summary>
/// <param name="Name">Its name: of a header, or a derived one that begins with <c>@</c>.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Text">Name and parameters as they are part of the signature base.</param>
public sealed record SignedComponent(string Name, IReadOnlyDictionary<string, string> Parameters, string Text);
