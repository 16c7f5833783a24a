using System.CommandLine;

namespace Fleet.Standalone.Rendering;

/// <summary><c>fleet pdf</c>: prints a page as PDF.</summary>
internal sealed class PdfCommand(TimeProvider time)
    : PageCommand("pdf", "Prints one page as PDF, without a running fleet.", isOutputRequired: true, [], time)
{
    /// <summary>Printed below the help.</summary>
    public const string Examples =
        """
        Examples:
          fleet pdf http://localhost:3000/invoice/7 -o invoice.pdf
          fleet pdf http://localhost:3000/invoice/7 -o - | lp

        Exit codes: 0 written; 1 could not start, or the page failed or timed out (standard error says why); 2 wrong command line.
        """;

    protected override Task<PageAnswer> GetAsync(ManagerApi manager, ParseResult command, PageTarget target, CancellationToken cancellationToken) =>
        manager.GetFileAsync("pdf", [("url", target.Url), ("deadlineMs", (int)target.Deadline.TotalMilliseconds)], cancellationToken);
}
