using System.CommandLine;
using Fleet.BrowserSetup;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Startup;
using Fleet.Standalone.CommandLine;
using Fleet.Standalone.Hosting;

namespace Fleet.Standalone.Serving;

/// <summary><c>fleet serve</c>: runs the whole fleet in this process until a signal.</summary>
internal sealed class ServeCommand : Command
{
    private const int DefaultPort = 5100;
    private const int ManagerPortOffset = 100;

    private readonly Option<DirectoryInfo?> _dist = OptionParsers.Folder("--dist", "Folder of your built app, with its index.html. Default: the sample app.");

    private readonly Option<DirectoryInfo?> _realms = OptionParsers.Folder("--realms", "Folder of your realms (docs/content.md). Default: none with --dist, else those of the sample.");

    private readonly Option<int> _port = OptionParsers.Number(
        "--port", "N", 0, ushort.MaxValue, DefaultPort, "Port of the site on 127.0.0.1; 0 means any free one.");

    private readonly Option<int?> _managerPort = OptionParsers.OptionalNumber(
        "--manager-port", "N", 0, ushort.MaxValue, $"Port of the manager on 127.0.0.1; 0 means any free one. Default: --port + {ManagerPortOffset}, or any free one with --port 0.");

    private readonly Option<DirectoryInfo?> _data = OptionParsers.Folder("--data", "Folder that keeps stored pages across restarts; created if need be. Default: none, pages are in memory only.");

    private readonly Option<string?> _adminKeyFile = new("--admin-key-file")
    {
        HelpName = "FILE",
        Description = "File with the key of the operator routes; - is standard input. Default: Fleet__AdminKeyFile or Fleet__AdminKey of the environment, else admin-key in the --data folder, generated at the first start; without --data those routes are closed.",
    };

    private readonly Option<string[]> _origins = OptionParsers.Origins("Origin that may be rendered beside the site's own, and that its pages may load from. Repeatable.");
    private readonly CommonOptions _common = new();
    private readonly TimeProvider _time;

    public ServeCommand(TimeProvider time)
        : base("serve", "Serves your app with prerendered pages, renders on request, and runs until Ctrl-C.")
    {
        _time = time;
        foreach (var option in (Option[])[_dist, _realms, _port, _managerPort, _data, _adminKeyFile, _origins])
        {
            Options.Add(option);
        }

        _common.AddTo(this);
        SetAction(RunAsync);
    }

    /// <summary>Printed below the help.</summary>
    public const string Examples =
        """
        Examples:
          fleet serve                                      the sample, on http://127.0.0.1:5100/
          fleet serve --dist ./dist                        your app; curl -A Googlebot http://127.0.0.1:5100/ shows a page as a crawler gets it
          fleet serve --dist ./dist --data ./fleet-data    stored pages survive a restart
          fleet serve --dist ./dist --origin https://api.example.com --set Pool:Slots=8

        Exit codes: 0 stopped by Ctrl-C or SIGTERM; 1 could not start or go on; 2 wrong command line.
        """;

    /// <summary>Returns the port of the manager; 0 means any free one.</summary>
    internal static int ManagerPort(int port, int? managerPort)
    {
        var chosen = managerPort ?? (port == 0 ? 0 : port + ManagerPortOffset);
        return chosen > ushort.MaxValue
            ? throw new UsageException($"--port is {port}, which makes the manager's port {chosen}: ports end at {ushort.MaxValue}, so give another with --manager-port.")
            : chosen != 0 && chosen == port
            ? throw new UsageException($"--manager-port is {chosen}, which is --port too: give another; 0 means any free one.")
            : chosen;
    }

    /// <summary>Checks that the folders and files of the command line exist.</summary>
    internal static void CheckFiles(string? dist, string? realms, string? data, string? adminKeyFile)
    {
        if (dist is not null && !File.Exists(Path.Combine(dist, "index.html")))
        {
            throw new UsageException(Directory.Exists(dist)
                ? $"--dist is '{dist}', which has no index.html: build the app first, or name the folder that has it."
                : $"--dist is '{dist}': there is no such folder. Build the app first, or name the folder that has its index.html.");
        }

        if (realms is not null && !Directory.Exists(realms))
        {
            throw new UsageException($"--realms is '{realms}': there is no such folder. Name the folder that has one folder per realm.");
        }

        if (data is not null && File.Exists(data))
        {
            throw new UsageException($"--data is '{data}', which is a file: name a folder; it is created if need be.");
        }

        if (adminKeyFile is not (null or AdminKeyRules.StandardInput) && !File.Exists(adminKeyFile))
        {
            throw new UsageException($"--admin-key-file is '{adminKeyFile}': there is no such file. Write a key of 32 to 256 characters into it first.");
        }
    }

    private async Task<int> RunAsync(ParseResult command, CancellationToken cancellationToken)
    {
        var (output, errors) = (command.InvocationConfiguration.Output, command.InvocationConfiguration.Error);
        var port = command.GetValue(_port);
        var settings = new StandaloneSettings
        {
            Port = port,
            ManagerPort = ManagerPort(port, command.GetValue(_managerPort)),
            Dist = command.GetValue(_dist)?.ToString(),
            Realms = command.GetValue(_realms)?.ToString(),
            DataFolder = command.GetValue(_data)?.FullName,
            AdminKeyFile = command.GetValue(_adminKeyFile),
            Origins = command.GetValue(_origins) ?? [],
            Browser = "",
            Settings = _common.Settings(command),
            LogLevel = _common.LogLevel(command),
        };
        CheckFiles(settings.Dist, settings.Realms, settings.DataFolder, settings.AdminKeyFile);

        var startedAt = _time.GetTimestamp();
        try
        {
            settings = settings with
            {
                Browser = await BrowserInstaller.EnsureAsync(_common.Browser(command), errors.WriteLine, _time, cancellationToken),
            };
            await using var fleet = await StandaloneFleet.StartAsync(settings, _time, cancellationToken);
            output.WriteLine(ServeSummary.Format(settings, fleet.Addresses, fleet.AdminKey.File, _time.GetElapsedTime(startedAt)));
            return await RunUntilStoppedAsync(fleet, output, errors, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.WriteLine("Stopped before it was ready.");
            return ExitCodes.Success;
        }
    }

    private async Task<int> RunUntilStoppedAsync(StandaloneFleet fleet, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        using var indexing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var index = FirstIndex.FollowAsync(fleet.Addresses.Realm, output.WriteLine, _time, indexing.Token);
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
        await Task.WhenAny(stopped, fleet.PartStopped);
        await indexing.CancelAsync();
        await index.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (fleet.PartStopped.IsCompletedSuccessfully && !cancellationToken.IsCancellationRequested)
        {
            errors.WriteLine($"fleet: the {await fleet.PartStopped} stopped by itself, so the program exits; --verbose shows more.");
            return ExitCodes.Failure;
        }

        output.WriteLine("Stopping; Ctrl-C once more ends at once.");
        return ExitCodes.Success;
    }
}
