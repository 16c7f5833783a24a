using System.Globalization;
using System.Text.RegularExpressions;

namespace Fleet.Manager.Dialects;

/// <summary>Lengths and paper formats as other services write them, in inches.</summary>
internal static partial class PaperLength
{
    private static readonly Dictionary<string, (double Width, double Height)> s_formats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["letter"] = (8.5, 11), ["legal"] = (8.5, 14), ["tabloid"] = (11, 17), ["ledger"] = (17, 11),
        ["a0"] = (33.1102, 46.811), ["a1"] = (23.3858, 33.1102), ["a2"] = (16.5354, 23.3858), ["a3"] = (11.6929, 16.5354), ["a4"] = (8.2677, 11.6929), ["a5"] = (5.8268, 8.2677), ["a6"] = (4.1339, 5.8268),
    };

    /// <summary>Names of the paper formats.</summary>
    public static IReadOnlyCollection<string> Formats => s_formats.Keys;

    /// <summary>The size of a paper format; null when there is none of this name.</summary>
    public static (double Width, double Height)? OfFormat(string name) => s_formats.TryGetValue(name, out var size) ? size : null;

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
