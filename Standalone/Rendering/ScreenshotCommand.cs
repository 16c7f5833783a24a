using System.CommandLine;
using Fleet.Contracts;
using Fleet.Standalone.CommandLine;

namespace Fleet.Standalone.Rendering;

/// <summary><c>fleet screenshot</c>: takes a screenshot of a page.</summary>
internal sealed class ScreenshotCommand : PageCommand
{
    /// <summary>Printed below the help.</summary>
    public const string Examples =
        """
        Examples:
          fleet screenshot http://localhost:3000/ -o page.png
          fleet screenshot http://localhost:3000/ -o page.webp --width 390 --height 844 --scale 3
          fleet screenshot http://localhost:3000/ -o whole.png --full-page
          fleet screenshot http://localhost:3000/ -o chart.png --selector '#chart'

        Exit codes: 0 written; 1 could not start, or the page failed or timed out (standard error says why); 2 wrong command line.
        """;

    private readonly OptionSet _options;

    public ScreenshotCommand(TimeProvider time)
        : this(new OptionSet(), time)
    {
    }

    private ScreenshotCommand(OptionSet options, TimeProvider time)
        : base("screenshot", "Takes a screenshot of one page, without a running fleet.", isOutputRequired: true, options.All, time) => _options = options;

    protected override void Check(ParseResult command, PageTarget target)
    {
        var errors = ScreenshotRequestRules.Check(new()
        {
            Url = target.Url,
            Width = command.GetValue(_options.Width),
            Height = command.GetValue(_options.Height),
            Scale = command.GetValue(_options.Scale),
            FullPage = command.GetValue(_options.FullPage),
            Selector = command.GetValue(_options.Selector),
        });
        if (errors is [var error, ..])
        {
            throw new UsageException(error.Message.Replace("'fullPage'", "--full-page", StringComparison.Ordinal)
                .Replace("'selector'", "--selector", StringComparison.Ordinal).Replace("'scale'", "--scale", StringComparison.Ordinal));
        }
    }

    protected override Task<PageAnswer> GetAsync(ManagerApi manager, ParseResult command, PageTarget target, CancellationToken cancellationToken) =>
        manager.GetFileAsync("screenshot",
            [
                ("url", target.Url),
                ("deadlineMs", (int)target.Deadline.TotalMilliseconds),
                ("type", command.GetValue(_options.Type) ?? TypeOf(target.Output)),
                ("width", command.GetValue(_options.Width)),
                ("height", command.GetValue(_options.Height)),
                ("scale", command.GetValue(_options.Scale)),
                ("fullPage", command.GetValue(_options.FullPage)),
                ("selector", command.GetValue(_options.Selector)),
            ],
            cancellationToken);

    /// <summary>The file type for the extension of a file name; <c>png</c> for any other extension.</summary>
    internal static string TypeOf(string? file) => Path.GetExtension(file)?.ToLowerInvariant() switch
    {
        ".jpg" or ".jpeg" => "jpeg",
        ".webp" => "webp",
        _ => "png",
    };

    private sealed class OptionSet
    {
        public Option<string?> Type { get; } = OptionParsers.Word("--type", ["png", "jpeg", "webp"], "File type. Default: by the extension of the file, else png.");

        public Option<int?> Width { get; } = OptionParsers.OptionalNumber("--width", "PIXELS", 100, 3840, "Width of the viewport in CSS pixels, 100 to 3840. Default: 1280.");

        public Option<int?> Height { get; } = OptionParsers.OptionalNumber("--height", "PIXELS", 100, 2160, "Height of the viewport in CSS pixels, 100 to 2160. Default: 800.");

        public Option<int> Scale { get; } = OptionParsers.Number("--scale", "N", 1, 4, 1, "Pixels of the screenshot per CSS pixel, 1 to 4.");

        public Option<bool> FullPage { get; } = new("--full-page") { Description = "The whole page instead of the viewport." };

        public Option<string?> Selector { get; } = new("--selector") { HelpName = "CSS", Description = "Only the first element that matches this CSS selector." };

        public IEnumerable<Option> All => [Type, Width, Height, Scale, FullPage, Selector];
    }
}
