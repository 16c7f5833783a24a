namespace Fleet.ServiceDefaults;

/// <summary>Patterns in which <c>*</c> stands for any characters.</summary>
public static class Wildcard
{
    /// <summary>Whether a text matches a pattern in which <c>*</c> stands for any characters, also none. Takes time proportional to the product of both lengths at most.</summary>
    public static bool Matches(string text, string pattern)
    {
        var (at, inPattern, star, retry) = (0, 0, -1, 0);
        while (at < text.Length)
        {
            if (inPattern < pattern.Length && pattern[inPattern] == '*')
            {
                (star, retry) = (inPattern++, at);
            }
            else if (inPattern < pattern.Length && pattern[inPattern] == text[at])
            {
                (at, inPattern) = (at + 1, inPattern + 1);
            }
            else if (star >= 0)
            {
                // The last star takes one character more.
                (at, inPattern) = (++retry, star + 1);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(inPattern).TrimStart('*').Length == 0;
    }
}
