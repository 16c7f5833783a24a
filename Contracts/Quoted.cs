namespace Fleet.Contracts;

/// <summary>A value that somebody sent, as an error may repeat it: in quotes, without control characters, and not longer than one can read.</summary>
public static class Quoted
{
    /// <summary>Most characters that are shown, 80; an ellipsis says that there are more.</summary>
    public const int LongestShown = 80;

    public static string Of(string value) =>
        $"'{new string([.. value.Take(LongestShown).Select(c => char.IsControl(c) ? '?' : c)])}{(value.Length > LongestShown ? "…" : "")}'";
}
