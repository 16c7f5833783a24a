namespace Fleet.ServiceDefaults;

/// <summary>Bounds texts that come from pages and callers.</summary>
public static class TextExtensions
{
    /// <summary>The first <paramref name="maxLength"/> characters.</summary>
    public static string Truncate(this string text, int maxLength) => text.Length <= maxLength ? text : text[..maxLength];

    /// <summary>The first <paramref name="maxLength"/> characters as one line: control characters become spaces.</summary>
    public static string TruncateToLine(this string text, int maxLength) => string.Create(Math.Min(text.Length, maxLength), text, static (line, text) =>
    {
        for (var i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(text[i]) ? ' ' : text[i];
        }
    });
}
