using System.CommandLine;
using Fleet.Contracts;
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
          fleet render http://localhost:3000/feed --device mobile --wait-for-selector '#posts li'

        Exit codes: 0 rendered; 1 could not start, or the page failed or timed out (standard error says why); 2 wrong command line.
        """;

    private const string Html = "html";
    private const string Json = "json";

    private readonly Option<string?> _format;

    public RenderCommand(TimeProvider time)
        : this(OptionParsers.Word("--format", [Html, Json], "html: the document. json: the whole result, with status, diagnostics and timings. Default: html."), time)
    {
    }

    private RenderCommand(Option<string?> format, TimeProvider time)
        : base("render", "Renders one page as HTML, without a running fleet.", isOutputRequired: false, [format], time) => _format = format;

    protected override IReadOnlyList<FieldError> Check(ParseResult command, PageTarget target) => RenderRequestRules.Check(Read(command, target));

    protected override Task<PageAnswer> GetAsync(ManagerApi manager, ParseResult command, PageTarget target, CancellationToken cancellationToken) =>
        manager.RenderAsync(Read(command, target), command.GetValue(_format) is Json, cancellationToken);

    private RenderRequest Read(ParseResult command, PageTarget target) => Complete(new RenderRequest { Url = "", Formats = [RenderFormat.Html] }, command, target);
}
