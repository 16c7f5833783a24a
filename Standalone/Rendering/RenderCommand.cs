using System.CommandLine;
using System.Text;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Markdown;
using Fleet.Standalone.CommandLine;

namespace Fleet.Standalone.Rendering;

/// <summary><c>fleet render</c>: renders a page as HTML.</summary>
internal sealed class RenderCommand : PageCommand
{
    /// <summary>Printed below the help.</summary>
    public const string Examples =
        """
        Examples:
          fleet render http://localhost:3000/about                      HTML on standard output
          fleet render http://localhost:3000/about -o about.html --fail-on-status
          fleet render https://example.com/ --origin https://cdn.example.com
          fleet render https://example.com/ --format json | jq .status
          fleet render http://localhost:3000/docs --format markdown > docs.md
          fleet render http://localhost:3000/feed --device mobile --wait-for-selector '#posts li'

        Exit codes: 0 rendered; 1 could not start, or the page failed or timed out (standard error says why); 2 wrong command line.
        """;

    private const string Html = "html";
    private const string Markdown = "markdown";
    private const string Text = "text";
    private const string Json = "json";

    private readonly Option<string?> _format;

    public RenderCommand(TimeProvider time)
        : this(OptionParsers.Word("--format", [Html, Markdown, Text, Json], "html: the document. markdown, text: its main content. json: the whole result, with status, diagnostics and timings. Default: html."), time)
    {
    }

    private RenderCommand(Option<string?> format, TimeProvider time)
        : base("render", "Renders one page as HTML, without a running fleet.", isOutputRequired: false, [format], time) => _format = format;

    protected override (PageRequest Request, IReadOnlyList<FieldError> Errors) Check(ParseResult command, PageTarget target) =>
        Read(command, target) is var request ? (request, RenderRequestRules.Check(request)) : default;

    protected override async Task<ManagerAnswer> GetAsync(FleetClient fleet, ParseResult command, PageTarget target, CancellationToken cancellationToken)
    {
        var format = command.GetValue(_format);
        var answer = ManagerAnswer.Of(await fleet.RenderAsync(Read(command, target), cancellationToken), format is Json);
        if (format is not (Markdown or Text) || answer.Content is not { } content)
        {
            return answer;
        }

        var html = Encoding.UTF8.GetString(content);
        return (format is Text ? MarkdownConverter.ToText(html, target.Url) : MarkdownConverter.Convert(html, target.Url)) is { } converted
            ? answer with { Content = Encoding.UTF8.GetBytes(converted.Text) }
            : answer with
            {
                Content = null,
                Problem = $"the page is too large or nested too deeply for --format {format}: at most {MarkdownConverter.MaxChars} characters and {MarkdownConverter.MaxDepth} levels.",
            };
    }

    private RenderRequest Read(ParseResult command, PageTarget target) => Complete(new RenderRequest { Url = "", Formats = [RenderFormat.Html] }, command, target);
}
