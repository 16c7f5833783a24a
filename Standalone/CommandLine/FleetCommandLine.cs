using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine;
using System.CommandLine.Parsing;
using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Security;
using Fleet.Standalone.Rendering;
using Fleet.Standalone.Serving;
using Microsoft.Extensions.Options;

namespace Fleet.Standalone.CommandLine;

/// <summary>The program: its commands, and the messages and exit codes of errors.</summary>
internal static class FleetCommandLine
{
    private const string Name = "fleet";

    private const string Examples =
        """
        Examples:
          fleet serve --dist ./dist                            your app with prerendered pages, on http://127.0.0.1:5100/
          fleet render http://localhost:3000/about             the page as HTML, after its scripts have run
          fleet screenshot https://example.com/ -o page.png    a screenshot of it
          fleet setup                                          installs a headless Chromium when there is none

        'fleet <command> --help' shows options and defaults. Exit codes: 0 done; 1 could not start, or the page failed; 2 wrong command line.
        """;

    /// <summary>Runs a command.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        using var signals = new StopSignals(time, () => Environment.Exit(ExitCodes.Failure));
        return await RunAsync(args, new InvocationConfiguration(), time, signals.Requested);
    }

    /// <summary>Runs a command.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="streams">Where its output goes.</param>
    /// <param name="time">Clock of the program.</param>
    /// <param name="stop">Stops the command cleanly.</param>
    internal static async Task<int> RunAsync(string[] args, InvocationConfiguration streams, TimeProvider time, CancellationToken stop)
    {
        streams.EnableDefaultExceptionHandler = false;
        // Signals are handled by the caller: a fleet needs longer than the library's two seconds to stop.
        streams.ProcessTerminationTimeout = null;
        try
        {
            CommandLineSecrets.Reject(args);
        }
        catch (StartException e)
        {
            streams.Error.WriteLine($"{Name}: {NameOptions(e.Message)}");
            return ExitCodes.Usage;
        }

        var command = Create(time).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (command.Action is ParseErrorAction)
        {
            streams.Error.WriteLine($"{Name}: {ErrorOf(command)}");
            return PointToHelp(command, streams);
        }

        try
        {
            return await command.InvokeAsync(streams, stop);
        }
        catch (UsageException e)
        {
            streams.Error.WriteLine($"{Name}: {e.Message}");
            return PointToHelp(command, streams);
        }
        catch (Exception e) when (FleetHost.Explain(e) is { } reason)
        {
            streams.Error.WriteLine($"{Name}: {NameOptions(reason)}");
            // A setting that is unknown or out of bounds came with --set or the environment.
            return IsWrongSetting(e) ? ExitCodes.Usage : ExitCodes.Failure;
        }
        catch (IOException e)
        {
            // Above all standard output on a full disk.
            streams.Error.WriteLine($"{Name}: reading or writing failed: {e.Message.TrimEnd('.')}.");
            return ExitCodes.Failure;
        }
    }

    /// <summary>Creates the commands.</summary>
    internal static RootCommand Create(TimeProvider time)
    {
        var serve = new ServeCommand(time);
        var render = new RenderCommand(time);
        var screenshot = new ScreenshotCommand(time);
        var pdf = new PdfCommand(time);
        var root = new RootCommand("Prerenders single-page apps in browser pages that are already warm.")
        {
            HelpName = Name,
            Subcommands = { serve, render, screenshot, pdf, new SetupCommand(time) },
        };
        var helpWithExamples = new HelpWithExamples(new Dictionary<Command, string>
        {
            [root] = Examples,
            [serve] = ServeCommand.Examples,
            [render] = RenderCommand.Examples,
            [screenshot] = ScreenshotCommand.Examples,
            [pdf] = PdfCommand.Examples,
        });
        root.Options.OfType<HelpOption>().Single().Action = helpWithExamples;
        root.SetAction(command =>
        {
            helpWithExamples.Invoke(command);
            return ExitCodes.Usage;
        });
        return root;
    }

    /// <summary>Replaces the names of settings in a service's error with the options that set them.</summary>
    internal static string NameOptions(string reason) => reason
        .Replace("--Fleet:AdminKeyFile", "--admin-key-file", StringComparison.Ordinal)
        .Replace("Host:Dist", "--dist", StringComparison.Ordinal)
        .Replace("Realms:Root", "--realms", StringComparison.Ordinal)
        .Replace("Fleet:AllowedOrigins", "--origin", StringComparison.Ordinal);

    private static bool IsWrongSetting(Exception e) =>
        e is OptionsValidationException || (e is AggregateException many && many.InnerExceptions.All(IsWrongSetting));

    // The first unknown word is the cause: in "--prot 5100" both words are unknown, and in "render --devce mobile URL" the parser takes the first one for the URL.
    private static string ErrorOf(ParseResult result)
    {
        var command = result.CommandResult.Command;
        if (result.Tokens.FirstOrDefault(token => token.Type is TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal)) is { } option)
        {
            return NearestName.Explain(option.Value, "option", PathOf(command), [.. command.Options.Select(known => known.Name)]);
        }

        return command is RootCommand && result.UnmatchedTokens is [var word, ..]
            ? NearestName.Explain(word, "command", Name, [.. command.Subcommands.Select(known => known.Name)])
            : result.Errors[0].Message;
    }

    private static int PointToHelp(ParseResult command, InvocationConfiguration streams)
    {
        streams.Error.WriteLine($"'{PathOf(command.CommandResult.Command)} --help' shows how to use it.");
        return ExitCodes.Usage;
    }

    private static string PathOf(Command command) => command is RootCommand ? Name : $"{Name} {command.Name}";
}

/// <summary>The default help, followed by examples.</summary>
internal sealed class HelpWithExamples(IReadOnlyDictionary<Command, string> examples) : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = _help.Invoke(parseResult);
        if (examples.TryGetValue(parseResult.CommandResult.Command, out var text))
        {
            parseResult.InvocationConfiguration.Output.WriteLine(text);
        }

        return exitCode;
    }
}
