using System.CommandLine;
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

    protected override void Check(ParseResult command, PageTarget target)
    {
        if (PdfOptionsRules.Check(Read(command)) is [var error, ..])
        {
            throw new UsageException(_options.Names.Aggregate(error.Message, (text, names) => text.Replace($"'{names.Member}'", names.Option, StringComparison.Ordinal)));
        }
    }

    protected override Task<PageAnswer> GetAsync(ManagerApi manager, ParseResult command, PageTarget target, CancellationToken cancellationToken)
    {
        var pdf = Read(command);
        return manager.GetFileAsync("pdf",
            [
                ("url", target.Url),
                ("deadlineMs", (int)target.Deadline.TotalMilliseconds),
                ("landscape", pdf.Landscape),
                ("paperWidth", pdf.PaperWidth),
                ("paperHeight", pdf.PaperHeight),
                ("marginTop", pdf.MarginTop),
                ("marginRight", pdf.MarginRight),
                ("marginBottom", pdf.MarginBottom),
                ("marginLeft", pdf.MarginLeft),
                ("scale", pdf.Scale),
                ("pageRanges", pdf.PageRanges),
                ("printBackground", pdf.PrintBackground),
            ],
            cancellationToken);
    }

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

        public IEnumerable<Option> All => [Landscape, PaperWidth, PaperHeight, MarginTop, MarginRight, MarginBottom, MarginLeft, Scale, PageRanges, PrintBackground];

        /// <summary>The members of <see cref="PdfOptions"/> that errors name, and their options.</summary>
        public IEnumerable<(string Member, string Option)> Names =>
        [
            ("paperWidth", PaperWidth.Name), ("paperHeight", PaperHeight.Name), ("marginTop", MarginTop.Name), ("marginRight", MarginRight.Name),
            ("marginBottom", MarginBottom.Name), ("marginLeft", MarginLeft.Name), ("scale", Scale.Name), ("pageRanges", PageRanges.Name),
        ];
    }
}
