using System.CommandLine;
using Fleet.Client;
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

    protected override (PageRequest Request, IReadOnlyList<FieldError> Errors) Check(ParseResult command, PageTarget target) =>
        Read(command, target) is var request ? (request, ScreenshotRequestRules.Check(request)) : default;

    protected override async Task<ManagerAnswer> GetAsync(FleetClient fleet, ParseResult command, PageTarget target, CancellationToken cancellationToken) =>
        ManagerAnswer.Of(await fleet.ScreenshotAsync(Read(command, target), cancellationToken));

    private ScreenshotRequest Read(ParseResult command, PageTarget target) => Complete(
        new ScreenshotRequest
        {
            Url = "",
            Type = Enum.Parse<ScreenshotType>(command.GetValue(_options.Type) ?? TypeOf(target.Output), ignoreCase: true),
            Scale = command.GetValue(_options.Scale),
            FullPage = command.GetValue(_options.FullPage),
            Selector = command.GetValue(_options.Selector),
            Clip = command.GetValue(_options.Clip),
            Quality = command.GetValue(_options.Quality),
            OmitBackground = command.GetValue(_options.OmitBackground) ? true : null,
        },
        command, target);

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

        public Option<int?> Scale { get; } = OptionParsers.OptionalNumber("--scale", "N", 1, 4, "Pixels of the screenshot per CSS pixel, 1 to 4. Default: the device's, else 1.");

        public Option<bool> FullPage { get; } = new("--full-page") { Description = "The whole page instead of the viewport, up to a height of 16,384 CSS pixels." };

        public Option<string?> Selector { get; } = new("--selector") { HelpName = "CSS", Description = "Only the first element that matches this CSS selector." };

        public Option<ScreenshotClip?> Clip { get; } = OptionParsers.Clip("--clip", "Only this part of the page, in CSS pixels.");

        public Option<int?> Quality { get; } = OptionParsers.OptionalNumber("--quality", "N", 1, 100, "Quality of a JPEG or WebP, 1 to 100. Default: 80.");

        public Option<bool> OmitBackground { get; } = new("--omit-background") { Description = "Leave a page without a background of its own transparent, for PNG and WebP." };

        public IEnumerable<Option> All => [Type, Scale, FullPage, Selector, Clip, Quality, OmitBackground];
    }
}
