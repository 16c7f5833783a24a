namespace Fleet.ServiceDefaults.Signatures;

/// <summary>Reads structured fields (RFC 9651), as far as signatures use them.</summary>
public static class StructuredFields
{
    /// <summary>Maximum number of members of a dictionary.</summary>
    private const int MaxMembers = 32;

    /// <summary>The members of a dictionary, each with its text; null if the field is not one. Of members with the same key the last one counts.</summary>
    public static IReadOnlyDictionary<string, string>? ReadDictionary(string text)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new StructuredFieldReader(text.Trim(' ', '\t'));
        while (!reader.IsAtEnd)
        {
            if (reader.ReadKey() is not { } key || !reader.TryTake('=') || reader.ReadMember() is not { } member || members.Count == MaxMembers)
            {
                return null;
            }

            members[key] = member;
            reader.SkipSpaces();
            if (!reader.IsAtEnd && !reader.TryTake(','))
            {
                return null;
            }

            reader.SkipSpaces();
        }

        return members;
    }

    /// <summary>A string without quotes and escapes; null if the text is not exactly one.</summary>
    public static string? StringOf(string text)
    {
        var reader = new StructuredFieldReader(text);
        return reader.ReadString() is { } value && reader.IsAtEnd ? value : null;
    }

    /// <summary>The bytes of a byte sequence; null if the text is not exactly one.</summary>
    public static byte[]? BytesOf(string text)
    {
        var bytes = new byte[text.Length];
        return text is [':', _, .., ':'] && Convert.TryFromBase64String(text[1..^1], bytes, out var length) ? bytes[..length] : null;
    }
}
