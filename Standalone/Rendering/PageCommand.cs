using System.CommandLine;
using Fleet.BrowserSetup;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.Standalone.CommandLine;
using Fleet.Standalone.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Standalone.Rendering;

/// <summary>The page that a command renders.</summary>
/// <param name="Url">The page.</param>
/// <param name="Output">The file to write; null for standard output.</param>
/// <param name="Deadline">How long the page may take.</param>
internal sealed record PageTarget(string Url, string? Output, TimeSpan Deadline);

/// <summary>A command that starts a fleet, renders one page and exits.</summary>
internal abstract class PageCommand : Command
{
    private const string StandardOutput = "-";
    private const int MaxRedirects = 10;

    private readonly Argument<string> _url = new("URL") { Description = "Absolute http or https URL of the page." };
    private readonly Option<string?> _output;
    private readonly Option<int> _timeout = OptionParsers.Number(
        "--timeout", "SECONDS", 1, RenderLimits.MaxDeadlineMs / 1000, RenderLimits.DefaultDeadlineMs / 1000, "How long the page may take, 1 to 120. The start of the browser is not counted.");

    private readonly Option<string[]> _origins = OptionParsers.Origins("Another origin that the page may load from; by default only its own. Repeatable.");
    private readonly Option<bool> _failOnStatus = new("--fail-on-status")
    {
        Description = "Exit with 1 when the page has a status of 300 and up. Its content is still written. Default: a warning, and exit with 0.",
    };

    private readonly PageOptions _page = new();
    private readonly CommonOptions _common = new();
    private readonly TimeProvider _time;

    /// <param name="name">Name of the command.</param>
    /// <param name="description">What it does.</param>
    /// <param name="isOutputRequired">Whether a file must be named, since the content is binary.</param>
    /// <param name="options">Options that only this command has.</param>
    /// <param name="time">Clock of the fleet.</param>
    protected PageCommand(string name, string description, bool isOutputRequired, IEnumerable<Option> options, TimeProvider time)
        : base(name, description)
    {
        _time = time;
        _output = new("--output", "-o")
        {
            HelpName = "FILE",
            Required = isOutputRequired,
            Description = isOutputRequired ? "File to write; - is standard output." : "File to write. Default: standard output.",
        };
        Arguments.Add(_url);
        foreach (var option in (Option[])[_output, .. options, .. _page.All, _timeout, _origins, _failOnStatus])
        {
            Options.Add(option);
        }

        _common.AddTo(this);
        SetAction(RunAsync);
    }

    /// <summary>The request that the command line makes, and its errors.</summary>
    protected abstract (PageRequest Request, IReadOnlyList<FieldError> Errors) Check(ParseResult command, PageTarget target);

    /// <summary>Requests the page from the manager.</summary>
    protected abstract Task<ManagerAnswer> GetAsync(FleetClient fleet, ParseResult command, PageTarget target, CancellationToken cancellationToken);

    /// <summary>The request with what every command has. A redirect to another origin does not take headers and cookies along.</summary>
    protected T Complete<T>(T request, ParseResult command, PageTarget target)
        where T : PageRequest
    {
        var page = (PageRequest)_page.ApplyTo(command, request) with { Url = target.Url, DeadlineMs = (int)target.Deadline.TotalMilliseconds, Priority = RenderLimits.MaxPriority };
        return (T)(OriginAllowList.OriginOf(new Uri(target.Url)) == OriginAllowList.OriginOf(new Uri(command.GetValue(_url)!)) ? page : page with { Headers = null, Cookies = null });
    }

    private async Task<int> RunAsync(ParseResult command, CancellationToken cancellationToken)
    {
        var errors = command.InvocationConfiguration.Error;
        var url = command.GetValue(_url)!;
        CheckUrl(url);
        var output = command.GetValue(_output) is { } file and not StandardOutput ? file : null;
        CheckOutput(output);
        var target = new PageTarget(url, output, TimeSpan.FromSeconds(command.GetValue(_timeout)));
        var (request, wrong) = Check(command, target);
        if ((wrong.Count > 0 ? wrong[0] : PageRequestRules.CheckDeadline(request)) is { } error)
        {
            throw new UsageException(PageOptions.NameOptions(error.Message, Options));
        }

        string[] origins = [OriginAllowList.OriginOf(new Uri(url)), .. command.GetValue(_origins) ?? []];
        var settings = new StandaloneSettings
        {
            Origins = origins,
            Browser = BrowserLocator.Find(_common.Browser(command)) ?? throw new StartException(
                "No Chromium is installed. Run 'fleet setup', or name one with --set Browser:ExecutablePath=FILE."),
            Settings = _common.Settings(command),
            IsOneShot = true,
            // The report below has what a script needs, so warnings are not logged.
            LogLevel = _common.LogLevel(command) is LogLevel.Warning ? LogLevel.Error : _common.LogLevel(command),
        };
        try
        {
            var report = await RenderAsync(settings, command, target, cancellationToken);
            foreach (var line in report.Lines)
            {
                errors.WriteLine(line);
            }

            if (report.Content.Length > 0)
            {
                await WriteAsync(output, report.Content, cancellationToken);
            }

            return report.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            errors.WriteLine("error: stopped before the page was rendered.");
            return ExitCodes.Failure;
        }
    }

    private async Task<PageReport> RenderAsync(StandaloneSettings settings, ParseResult command, PageTarget target, CancellationToken cancellationToken)
    {
        await using var fleet = await StandaloneFleet.StartAsync(settings, _time, cancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = fleet.Addresses.Manager,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        // The fleet belongs to this command, so its user may run a script in the page (waitForFunction), which requires the key.
        client.DefaultRequestHeaders.Authorization = new("Bearer", fleet.AdminKey.Value);
        var manager = new FleetClient(client, _time);
        var allowed = new OriginAllowList(settings.Origins);
        var failOnStatus = command.GetValue(_failOnStatus);
        HashSet<string> visited = [target.Url];
        for (var hops = 0; ; hops++)
        {
            var answer = await TryGetAsync(manager, command, target, cancellationToken);
            // Follow redirects as a browser does; the manager only returns them.
            var isCircle = answer.RedirectUrl is { } next && !visited.Add(next);
            if (failOnStatus || isCircle || hops == MaxRedirects || answer.IsResult || answer.RedirectUrl is null || !allowed.Allows(new Uri(answer.RedirectUrl)))
            {
                return PageReport.Of(target.Url, answer, allowed, failOnStatus, isCircle);
            }

            target = target with { Url = answer.RedirectUrl };
        }
    }

    private async Task<ManagerAnswer> TryGetAsync(FleetClient fleet, ParseResult command, PageTarget target, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(fleet, command, target, cancellationToken);
        }
        catch (FleetException e)
        {
            return ManagerAnswer.Of(e);
        }
    }

    private static void CheckUrl(string url)
    {
        if (RenderRequestRules.CheckUrl(url) is { } error)
        {
            throw new UsageException($"{error.Message.Replace("'url'", "the URL", StringComparison.Ordinal)} Write it with its scheme, such as http://localhost:3000/about.");
        }
    }

    private static void CheckOutput(string? file)
    {
        if (file is null)
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(file))
        {
            throw new UsageException("--output is empty: name a file, or - for standard output.");
        }

        if (Directory.Exists(file))
        {
            throw new UsageException($"--output is '{file}', which is a folder: name a file in it.");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
        {
            throw new UsageException($"--output is '{file}', and there is no folder '{folder}': create it first.");
        }
    }

    // Through a temporary file, so that the file is complete or absent.
    private static async Task WriteAsync(string? file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(content, cancellationToken);
            return;
        }

        var draft = $"{file}.{Guid.NewGuid():N}.tmp";
        try
        {
            await File.WriteAllBytesAsync(draft, content, cancellationToken);
            File.Move(draft, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(draft);
            throw new StartException($"--output is '{file}', which cannot be written: {e.Message}", e);
        }
    }
}
