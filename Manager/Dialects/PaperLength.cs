using System.Globalization;
using System.Text.RegularExpressions;

namespace Fleet.Manager.Dialects;

/// <summary>Lengths of paper as other services write them, in inches.</summary>
internal static partial class PaperLength
{
    /// <summary>A length with its unit (<c>px</c>, <c>pt</c>, <c>pc</c>, <c>in</c>, <c>cm</c>, <c>mm</c>) in inches; null when the text is no length.</summary>
    /// <param name="text">The length: <c>210mm</c>.</param>
    /// <param name="unit">The unit of a bare number.</param>
    public static double? Read(string text, string unit)
    {
        var match = Length().Match(text);
        return match.Success && double.TryParse(match.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number / PerInch(match.Groups["unit"].Length > 0 ? match.Groups["unit"].Value : unit) : null;
    }

    private static double PerInch(string unit) => unit.ToLowerInvariant() switch
    {
        "px" => 96,
        "pt" => 72,
        "pc" => 6,
        "cm" => 2.54,
        "mm" => 25.4,
        _ => 1,
    };

    [GeneratedRegex(@"^\s*(?<number>\d{1,7}(\.\d{1,10})?|\.\d{1,10})\s*(?<unit>px|pt|pc|in|cm|mm)?\s*\z", RegexOptions.IgnoreCase)]
    private static partial Regex Length();
}
