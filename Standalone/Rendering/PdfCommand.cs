using System.CommandLine;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Standalone.CommandLine;

namespace Fleet.Standalone.Rendering;

/// <summary><c>fleet pdf</c>: prints a page as PDF.</summary>
internal sealed class PdfCommand : PageCommand
{
    /// <summary>Printed below the help.</summary>
    public const string Examples =
        """
        Examples:
          fleet pdf http://localhost:3000/invoice/7 -o invoice.pdf
          fleet pdf http://localhost:3000/invoice/7 -o - | lp
          fleet pdf http://localhost:3000/report -o report.pdf --landscape --page-ranges 1-3

        Exit codes: 0 written; 1 could not start, or the page failed or timed out (standard error says why); 2 wrong command line.
        """;

    private readonly OptionSet _options;

    public PdfCommand(TimeProvider time)
        : this(new OptionSet(), time)
    {
    }

    private PdfCommand(OptionSet options, TimeProvider time)
        : base("pdf", "Prints one page as PDF, without a running fleet.", isOutputRequired: true, options.All, time) => _options = options;

    protected override (PageRequest Request, IReadOnlyList<FieldError> Errors) Check(ParseResult command, PageTarget target) =>
        Read(command, target) is var request ? (request, ScreenshotRequestRules.Check(request)) : default;

    protected override async Task<ManagerAnswer> GetAsync(FleetClient fleet, ParseResult command, PageTarget target, CancellationToken cancellationToken) =>
        ManagerAnswer.Of(await fleet.ScreenshotAsync(Read(command, target), cancellationToken));

    private ScreenshotRequest Read(ParseResult command, PageTarget target) =>
        Complete(new ScreenshotRequest { Url = "", Type = ScreenshotType.Pdf, Pdf = Read(command) }, command, target);

    private PdfOptions Read(ParseResult command) => new()
    {
        Landscape = command.GetValue(_options.Landscape),
        PaperWidth = command.GetValue(_options.PaperWidth),
        PaperHeight = command.GetValue(_options.PaperHeight),
        MarginTop = command.GetValue(_options.MarginTop),
        MarginRight = command.GetValue(_options.MarginRight),
        MarginBottom = command.GetValue(_options.MarginBottom),
        MarginLeft = command.GetValue(_options.MarginLeft),
        Scale = command.GetValue(_options.Scale),
        PageRanges = command.GetValue(_options.PageRanges),
        PrintBackground = command.GetValue(_options.PrintBackground),
        Paper = command.GetValue(_options.Paper),
        HeaderTemplate = command.GetValue(_options.HeaderTemplate),
        FooterTemplate = command.GetValue(_options.FooterTemplate),
        Tagged = command.GetValue(_options.Tagged),
        Outline = command.GetValue(_options.Outline),
    };

    private sealed class OptionSet
    {
        public Option<bool> Landscape { get; } = new("--landscape") { Description = "The paper lies on its longer side." };

        public Option<double?> PaperWidth { get; } = OptionParsers.OptionalDecimal("--paper-width", "INCHES", 1, 100, "Width of the paper, with --paper-height. Default: the page's @page size, or else A4.");

        public Option<double?> PaperHeight { get; } = OptionParsers.OptionalDecimal("--paper-height", "INCHES", 1, 100, "Height of the paper, with --paper-width.");

        public Option<double?> MarginTop { get; } = OptionParsers.OptionalDecimal("--margin-top", "INCHES", 0, 50, "Top margin. Default: 1 cm, as for each margin.");

        public Option<double?> MarginRight { get; } = OptionParsers.OptionalDecimal("--margin-right", "INCHES", 0, 50, "Right margin.");

        public Option<double?> MarginBottom { get; } = OptionParsers.OptionalDecimal("--margin-bottom", "INCHES", 0, 50, "Bottom margin.");

        public Option<double?> MarginLeft { get; } = OptionParsers.OptionalDecimal("--margin-left", "INCHES", 0, 50, "Left margin.");

        public Option<double?> Scale { get; } = OptionParsers.OptionalDecimal("--scale", "N", 0.1, 2, "Size of the content relative to the page's own, 0.1 to 2. Default: 1.");

        public Option<string?> PageRanges { get; } = new("--page-ranges") { HelpName = "RANGES", Description = "Which pages: 1-3,5,8-. Default: all." };

        public Option<bool?> PrintBackground { get; } = new("--print-background") { HelpName = "true|false", Description = "Whether backgrounds are printed. Default: true." };

        public Option<string?> Paper { get; } = new("--paper") { HelpName = "NAME", Description = "letter, legal, tabloid, ledger or a0 to a6, instead of width and height." };

        public Option<string?> HeaderTemplate { get; } = new("--header-template") { HelpName = "HTML", Description = "Header of each page. Elements of the classes date, title, url, pageNumber and totalPages are filled." };

        public Option<string?> FooterTemplate { get; } = new("--footer-template") { HelpName = "HTML", Description = "Footer of each page, as the header." };

        public Option<bool?> Tagged { get; } = new("--tagged") { HelpName = "true|false", Description = "Whether the PDF is tagged, for screen readers. Default: true." };

        public Option<bool?> Outline { get; } = new("--outline") { HelpName = "true|false", Description = "Whether the PDF has an outline of its headings. Default: false." };

        public IEnumerable<Option> All =>
            [Landscape, Paper, PaperWidth, PaperHeight, MarginTop, MarginRight, MarginBottom, MarginLeft, Scale, PageRanges, PrintBackground, HeaderTemplate, FooterTemplate, Tagged, Outline];
    }
}
