using Fleet.Manager;
using Fleet.PrerenderServer;
using Fleet.RealmServer;
using Fleet.ServiceDefaults;

namespace Fleet.AppHost.Settings;

/// <summary>The command line, taken apart.</summary>
/// <param name="Command">What to do.</param>
/// <param name="Settings">Settings by key: <c>Fleet:Ports:Realm</c>.</param>
internal sealed record Arguments(AppHostCommand Command, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Sections that a service reads: those of its options classes, and the framework's own for logging.</summary>
    public static IReadOnlyList<string> ServiceSections { get; } =
    [
        .. ((Type[])[typeof(FleetHost), typeof(ManagerApp), typeof(PrerenderServerApp), typeof(RealmServerApp)])
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))
            .Select(type => type.GetField("Section")?.GetRawConstantValue() as string)
            .OfType<string>()
            .Select(section => section.Split(':')[0])
            .Append("Logging")
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Sections that are known. A setting of any other is a misspelling.</summary>
    public static IReadOnlyList<string> Sections { get; } = [.. ServiceSections, "ConnectionStrings"];

    /// <summary>What <c>help</c> prints.</summary>
    public const string Usage =
        """
        dotnet run --project AppHost -- [setup] [--Section:Key=value ...]

          (nothing)   installs what is missing, then runs the fleet until Ctrl-C
          setup       installs what is missing, and stops there

        Settings, also as environment variables with __ for each colon:
          --Fleet:Ports:Realm=5100      port of the realm server; 0 means any free one
          --Fleet:Ports:Manager=5200    port of the manager
          --Fleet:Ports:Prerender=5301  port of the first prerender server; the others follow
          --Fleet:Ports:Redis=5379      port of the fleet's own Redis
          --Fleet:PrerenderServers=2    how many prerender servers, 1 to 16
          --Fleet:Redis=auto            auto, server, container (Aspire only), memory (all in one process)
          --Fleet:AdminKey=...          key of the operator routes; made for the run when it is not set
          --ConnectionStrings:redis=... a Redis that is there already
          --Browser:ExecutablePath=...  the browser to use
          --Host:Dist=... --Realms:Root=...  your own host app and realms instead of the sample
        """;

    /// <summary>Takes the command line apart.</summary>
    /// <exception cref="StartException">Names the argument that is wrong, and what would be right.</exception>
    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var command = AppHostCommand.Run;
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            switch (arg)
            {
                case "setup" or "set-up":
                    command = AppHostCommand.SetUp;
                    continue;
                case "help" or "--help" or "-h" or "-?":
                    command = AppHostCommand.Help;
                    continue;
            }

            if (!arg.StartsWith("--", StringComparison.Ordinal))
            {
                throw new StartException($"'{arg}' is not understood: write setup, help, or settings as --Section:Key=value.");
            }

            var (key, value) = arg[2..].Split('=', 2) is [var k, var v] ? (k, v) : (arg[2..], i + 1 < args.Count ? args[++i] : null);
            if (value is null)
            {
                throw new StartException($"--{key} has no value: write --{key}=value.");
            }

            settings[Known(key)] = value;
        }

        return new(command, settings);
    }

    private static string Known(string key)
    {
        var section = key.Split(':', 2);
        return section.Length == 2 && Sections.Contains(section[0], StringComparer.OrdinalIgnoreCase)
            ? key
            : throw new StartException(
                $"--{key} is not a setting. Settings are written --Section:Key=value, and the sections are {string.Join(", ", Sections)}.");
    }
}
