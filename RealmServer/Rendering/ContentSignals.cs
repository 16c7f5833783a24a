namespace Fleet.RealmServer.Rendering;

/// <summary>The line <c>Content-Signal</c> of robots.txt (contentsignals.org).</summary>
internal static class ContentSignals
{
    private static readonly string[] s_names = ["search", "ai-input", "ai-train"];

    /// <summary>The line of a valid text, without spaces around its parts.</summary>
    public static string LineOf(string text) => $"Content-Signal: {string.Join(", ", text.Split(',', StringSplitOptions.TrimEntries))}";

    /// <summary>What is wrong with a line; null if it is valid: names with <c>yes</c> or <c>no</c>, each once, separated by commas.</summary>
    public static string? ErrorOf(string text)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Split('=') is not [var name, "yes" or "no"] || !s_names.Contains(name))
            {
                return $"is '{text}', and '{part}' is not a signal: it must be one of {string.Join(", ", s_names)} with =yes or =no.";
            }

            if (!seen.Add(name))
            {
                return $"is '{text}': it names {name} more than once.";
            }
        }

        return null;
    }
}
