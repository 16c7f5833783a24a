using System.Globalization;
using System.Text.RegularExpressions;

namespace Fleet.Manager.Dialects;

/// <summary>Durations as Go writes them.</summary>
internal static partial class GoDuration
{
    /// <summary>The duration; null when the text is none: <c>5s</c>, <c>500ms</c>, <c>1m30s</c>.</summary>
    public static TimeSpan? Read(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var seconds = match.Groups["number"].Captures.Zip(match.Groups["unit"].Captures, static (number, unit) =>
            double.Parse(number.ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * unit.Value switch { "s" => 1, "m" => 60, "h" => 60 * 60, _ => 0.001 }).Sum();
        return TimeSpan.FromSeconds(seconds);
    }

    [GeneratedRegex(@"^((?<number>\d{1,9}(\.\d{1,9})?)(?<unit>ms|h|m|s)){1,4}\z")]
    private static partial Regex Pattern();
}
