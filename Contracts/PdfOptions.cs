using System.Text.RegularExpressions;

namespace Fleet.Contracts;

/// <summary>How a page is printed to PDF. Lengths are in inches. Nothing of it changes the page.</summary>
public sealed record PdfOptions
{
    /// <summary>Whether the paper lies on its longer side. Default: false.</summary>
    public bool Landscape { get; init; }

    /// <summary>Width of the paper, 1 to 100; requires <see cref="PaperHeight"/>. Default: the page's <c>@page { size: … }</c>, or else A4.</summary>
    public double? PaperWidth { get; init; }

    /// <summary>Height of the paper, 1 to 100; requires <see cref="PaperWidth"/>. Default: as for <see cref="PaperWidth"/>.</summary>
    public double? PaperHeight { get; init; }

    /// <summary>Top margin, 0 to 50. Default: 1 cm.</summary>
    public double? MarginTop { get; init; }

    /// <summary>Right margin; see <see cref="MarginTop"/>.</summary>
    public double? MarginRight { get; init; }

    /// <summary>Bottom margin; see <see cref="MarginTop"/>.</summary>
    public double? MarginBottom { get; init; }

    /// <summary>Left margin; see <see cref="MarginTop"/>.</summary>
    public double? MarginLeft { get; init; }

    /// <summary>Size of the content relative to the page's own, 0.1 to 2. Default: 1.</summary>
    public double? Scale { get; init; }

    /// <summary>Which pages: <c>1-3,5,8-</c>, 1 to 200 characters. A range beyond the last page ends there; if it begins there, the render fails. Default: all.</summary>
    public string? PageRanges { get; init; }

    /// <summary>Whether backgrounds are printed. Default: true.</summary>
    public bool? PrintBackground { get; init; }
}

/// <summary>Validates <see cref="PdfOptions"/>.</summary>
public static partial class PdfOptionsRules
{
    /// <summary>Margin in inches where none is given: 1 cm.</summary>
    public const double DefaultMargin = 1 / 2.54;

    private const int MaxRangesLength = 200;

    /// <summary>All validation errors; empty when the options are valid.</summary>
    public static IReadOnlyList<FieldError> Check(PdfOptions options) =>
    [
        .. new[]
        {
            CheckRange("paperWidth", options.PaperWidth, 1, 100),
            CheckRange("paperHeight", options.PaperHeight, 1, 100),
            CheckRange("marginTop", options.MarginTop, 0, 50),
            CheckRange("marginRight", options.MarginRight, 0, 50),
            CheckRange("marginBottom", options.MarginBottom, 0, 50),
            CheckRange("marginLeft", options.MarginLeft, 0, 50),
            CheckRange("scale", options.Scale, 0.1, 2),
            options.PaperWidth is null != options.PaperHeight is null
                ? new FieldError(options.PaperWidth is null ? "paperWidth" : "paperHeight", "'paperWidth' and 'paperHeight' belong together: give both, or neither.") : null,
            CheckMargins("marginLeft", "marginRight", options.MarginLeft, options.MarginRight, options.Landscape ? options.PaperHeight : options.PaperWidth),
            CheckMargins("marginTop", "marginBottom", options.MarginTop, options.MarginBottom, options.Landscape ? options.PaperWidth : options.PaperHeight),
            options.PageRanges is { } ranges && !AreRanges(ranges)
                ? new FieldError("pageRanges", $"'pageRanges' is {Quoted.Of(ranges)}: it must be page numbers from 1 and ranges such as '1-3,5,8-', at most {MaxRangesLength} characters.") : null,
        }.OfType<FieldError>(),
    ];

    private static bool AreRanges(string text) => text.Length <= MaxRangesLength && text.Split(',', StringSplitOptions.TrimEntries).All(static range =>
        Range().Match(range) is { Success: true } match && (match.Groups["last"].Length == 0 || Number(match, "last") >= Number(match, "first")));

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    private static FieldError? CheckMargins(string first, string second, double? one, double? other, double? paper) =>
        paper is { } size && (one ?? DefaultMargin) + (other ?? DefaultMargin) > size - 0.1
            ? new(first, $"'{first}' and '{second}' leave less than 0.1 inches of the paper's {Text(size)}.") : null;

    // A comparison with NaN is false.
    private static FieldError? CheckRange(string field, double? value, double min, double max) =>
        value is { } number && !(number >= min && number <= max) ? new(field, $"'{field}' is {Text(number)}: it must be between {Text(min)} and {Text(max)}.") : null;

    private static string Text(double number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<first>[1-9]\d{0,4})(-(?<last>[1-9]\d{0,4})?)?\z")]
    private static partial Regex Range();
}
