using System.Text;

namespace Fleet.ServiceDefaults.Signatures;

/// <summary>A position in the text of a structured field.</summary>
internal struct StructuredFieldReader(string text)
{
    /// <summary>Maximum number of parameters of an item.</summary>
    private const int MaxParameters = 32;

    public int Position { get; private set; }

    public readonly bool IsAtEnd => Position == text.Length;

    public bool TryTake(char c)
    {
        if (IsAtEnd || text[Position] != c)
        {
            return false;
        }

        Position++;
        return true;
    }

    public void SkipSpaces()
    {
        while (!IsAtEnd && text[Position] is ' ' or '\t')
        {
            Position++;
        }
    }

    /// <summary>A quoted string; null if there is none.</summary>
    public string? ReadString()
    {
        if (!TryTake('"'))
        {
            return null;
        }

        var value = new StringBuilder();
        while (!IsAtEnd)
        {
            var c = text[Position++];
            if (c == '"')
            {
                return value.ToString();
            }

            if (c == '\\' && (IsAtEnd || (c = text[Position++]) is not ('"' or '\\')))
            {
                return null;
            }

            if (c is < ' ' or > '~')
            {
                return null;
            }

            value.Append(c);
        }

        return null;
    }

    /// <summary>The parameters that follow an item; null if they are not valid.</summary>
    public IReadOnlyDictionary<string, string>? ReadParameters()
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        while (TryTake(';'))
        {
            while (TryTake(' '))
            {
            }

            if (ReadKey() is not { } key || parameters.Count == MaxParameters)
            {
                return null;
            }

            if (!TryTake('='))
            {
                parameters[key] = "?1";
            }
            else if ((!IsAtEnd && text[Position] == '"' ? ReadString() : ReadBare()) is { } value)
            {
                parameters[key] = value;
            }
            else
            {
                return null;
            }
        }

        return parameters;
    }

    /// <summary>A key of a dictionary or parameter; null if there is none.</summary>
    public string? ReadKey() => ReadWhile(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.' or '*');

    // A number, token, boolean or byte sequence.
    private string? ReadBare() => ReadWhile(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '*' or ':' or '/' or '+' or '=' or '?' or '%' or '!' or '#' or '$' or '&' or '\'' or '^' or '`' or '|' or '~');

    private string? ReadWhile(Func<char, bool> isPart)
    {
        var start = Position;
        while (!IsAtEnd && isPart(text[Position]))
        {
            Position++;
        }

        return Position == start ? null : text[start..Position];
    }

    /// <summary>The text up to the next comma outside of strings; null if there is none.</summary>
    public string? ReadMember()
    {
        var start = Position;
        while (!IsAtEnd && text[Position] != ',')
        {
            if (text[Position] == '"')
            {
                if (ReadString() is null)
                {
                    return null;
                }
            }
            else
            {
                Position++;
            }
        }

        var member = text[start..Position].TrimEnd(' ', '\t');
        return member.Length == 0 ? null : member;
    }
}
