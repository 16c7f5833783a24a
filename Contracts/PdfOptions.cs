using System.Text.RegularExpressions;

namespace Fleet.Contracts;

/// <summary>How a page is printed to PDF. Lengths are in inches. Nothing of it changes the page.</summary>
public sealed record PdfOptions
{
    /// <summary>Whether the paper lies on its longer side. Default: false.</summary>
    public bool Landscape { get; init; }

    /// <summary>Name of a paper format (<see cref="PaperFormat"/>), instead of <see cref="PaperWidth"/> and <see cref="PaperHeight"/>. Default: none.</summary>
    public string? Paper { get; init; }

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

    /// <summary>HTML of the header of each page, at most 10,000 characters. Elements of the classes <c>date</c>, <c>title</c>, <c>url</c>, <c>pageNumber</c> and
    /// <c>totalPages</c> are filled; scripts do not run, and nothing is loaded: an address of a style is <c>url(data:…)</c>. Leave room for it with <see cref="MarginTop"/>. Default: none.</summary>
    public string? HeaderTemplate { get; init; }

    /// <summary>HTML of the footer of each page; see <see cref="HeaderTemplate"/>. Default: none.</summary>
    public string? FooterTemplate { get; init; }

    /// <summary>Whether the PDF is tagged, for screen readers. Default: true.</summary>
    public bool? Tagged { get; init; }

    /// <summary>Whether the PDF has an outline of its headings. Default: false.</summary>
    public bool? Outline { get; init; }
}

/// <summary>A paper format.</summary>
public sealed class PaperFormat(string name, double width, double height)
{
    /// <summary>Its name; case does not matter.</summary>
    public string Name => name;

    /// <summary>Width in inches.</summary>
    public double Width => width;

    /// <summary>Height in inches.</summary>
    public double Height => height;

    /// <summary>All paper formats.</summary>
    public static IReadOnlyList<PaperFormat> All { get; } =
    [
        new("letter", 8.5, 11), new("legal", 8.5, 14), new("tabloid", 11, 17), new("ledger", 17, 11), new("a0", 33.1102, 46.811), new("a1", 23.3858, 33.1102),
        new("a2", 16.5354, 23.3858), new("a3", 11.6929, 16.5354), new("a4", 8.2677, 11.6929), new("a5", 5.8268, 8.2677), new("a6", 4.1339, 5.8268),
    ];

    /// <summary>The format of a name; null when there is none.</summary>
    public static PaperFormat? Find(string? name) => All.FirstOrDefault(format => format.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Validates <see cref="PdfOptions"/>.</summary>
public static partial class PdfOptionsRules
{
    /// <summary>Margin in inches where none is given: 1 cm.</summary>
    public const double DefaultMargin = 1 / 2.54;

    private const int MaxRangesLength = 200;
    private const int MaxTemplateLength = 10_000;

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
            options.Paper is { } paper && PaperFormat.Find(paper) is null ? new FieldError("paper", "'paper': " + NearestName.Explain(paper, "name", "a paper format", [.. PaperFormat.All.Select(format => format.Name)])) : null,
            options.Paper is not null && (options.PaperWidth is not null || options.PaperHeight is not null)
                ? new FieldError("paper", "'paper' excludes 'paperWidth' and 'paperHeight': give the name, or both lengths.") : null,
            CheckMargins("marginLeft", "marginRight", options.MarginLeft, options.MarginRight, options.Landscape ? SizeOf(options)?.Height : SizeOf(options)?.Width),
            CheckMargins("marginTop", "marginBottom", options.MarginTop, options.MarginBottom, options.Landscape ? SizeOf(options)?.Width : SizeOf(options)?.Height),
            CheckTemplate("headerTemplate", options.HeaderTemplate),
            CheckTemplate("footerTemplate", options.FooterTemplate),
            options.PageRanges is { } ranges && !AreRanges(ranges)
                ? new FieldError("pageRanges", $"'pageRanges' is {Quoted.Of(ranges)}: it must be page numbers from 1 and ranges such as '1-3,5,8-', at most {MaxRangesLength} characters.") : null,
        }.OfType<FieldError>(),
    ];

    /// <summary>Size of the paper in inches, before <see cref="PdfOptions.Landscape"/>; null for the page's own.</summary>
    public static (double Width, double Height)? SizeOf(PdfOptions options) =>
        PaperFormat.Find(options.Paper) is { } format ? (format.Width, format.Height)
        : options is { PaperWidth: { } width, PaperHeight: { } height } ? (width, height)
        : null;

    private static FieldError? CheckTemplate(string field, string? template) =>
        template?.Length > MaxTemplateLength ? new(field, $"'{field}' has {template.Length} characters: at most {MaxTemplateLength} are allowed.")
        : template is not null && Unprintable().Match(template) is { Success: true } match
            ? new(field, $"'{field}' has {Quoted.Of(Shorten(match.Value))}, with which the browser cannot print it: a template loads nothing, so give styles in a <style> element before any <svg>, addresses in them "
                + "as 'url(data:…)', and characters themselves instead of '&#…;' and '\\'.")
        : null;

    private static string Shorten(string text) => text.Length <= 20 ? text : text[..20];

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

    // Chromium crashes the page when a template loads a style sheet, a font or a document of shapes. Escapes could hide that, and in an <svg> also elements within <style>.
    [GeneratedRegex("""<link|@import|\\|&#|&lpar;|(url|src)\((?>\s*)(?!(["']|&quot;|&apos;)?\s*(data:|#))|<svg.*<style""", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Unprintable();

    [GeneratedRegex(@"^(?<first>[1-9]\d{0,4})(-(?<last>[1-9]\d{0,4})?)?\z")]
    private static partial Regex Range();
}
