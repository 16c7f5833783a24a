using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;

namespace Fleet.AppHost.Settings;

/// <summary>The command line: settings as <c>--Section:Key=value</c>, and Aspire's own options.</summary>
internal static class CommandLine
{
    // Options and sections that Aspire reads itself.
    private static readonly string[] s_aspireOptions = ["publisher", "output-path", "operation", "step", "log-level", "environment", "include-exception-details"];
    private static readonly string[] s_aspireSections = ["AppHost", "Dashboard", "DcpPublisher", "Parameters", "Publishing", "Pipeline", "ConnectionStrings"];

    /// <summary>What <c>--help</c> prints.</summary>
    public const string Usage =
        """
        dotnet run --project AppHost -- [--Section:Key=value ...]

        Installs a browser when there is none, starts the fleet and the Aspire dashboard, and runs until Ctrl-C.

        Settings, also as environment variables with __ for each colon; docs/settings.md has all of them:
          --Fleet:Ports:Realm=5100      port of the realm server; 0 means any free one
          --Fleet:Ports:Manager=5200    port of the manager
          --Fleet:Ports:Prerender=5301  port of the first prerender server; the others follow
          --Fleet:Ports:Redis=5379      port of Redis
          --Fleet:PrerenderServers=2    number of prerender servers, 1 to 16
          --Fleet:Redis=garnet          garnet (a process of this machine) or container (redis, needs a container runtime)
          --Fleet:AdminKeyFile=...      file with the key of the operator routes, - for standard input; generated for the run when it is not set
          --ConnectionStrings:redis=... an existing Redis
          --Browser:ExecutablePath=...  the browser to use
          --Host:Dist=... --Realms:Root=...  your host app and realms instead of the sample
          --publisher manifest --output-path aspire-manifest.json   writes the deployment manifest and exits
        """;

    /// <summary>Whether the command line asks for help.</summary>
    public static bool IsHelp(IEnumerable<string> args) => args.Any(arg => arg is "help" or "--help" or "-h" or "-?");

    /// <summary>Returns the settings to forward to the services, by key.</summary>
    /// <exception cref="StartException">An argument is wrong; the message names it and the remedy.</exception>
    public static IReadOnlyDictionary<string, string> Parse(IReadOnlyList<string> args)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            if (!arg.StartsWith("--", StringComparison.Ordinal))
            {
                throw new StartException($"'{arg}' is not understood: write settings as --Section:Key=value, or --help.");
            }

            var (key, value) = arg[2..].Split('=', 2) is [var k, var v] ? (k, v) : (arg[2..], i + 1 < args.Count ? args[++i] : null);
            if (value is null)
            {
                throw new StartException($"--{key} has no value: write --{key}=value.");
            }

            if (IsForServices(key))
            {
                settings[key] = value;
            }
        }

        return settings;
    }

    private static bool IsForServices(string key)
    {
        var section = key.Split(':', 2);
        return section.Length == 2 && SettingSections.All.Contains(section[0], StringComparer.OrdinalIgnoreCase) ? true
            : s_aspireOptions.Contains(key, StringComparer.OrdinalIgnoreCase) || s_aspireSections.Contains(section[0], StringComparer.OrdinalIgnoreCase) ? false
            : throw new StartException(
                $"--{key} is not a setting. Settings are written --Section:Key=value, and the sections are {string.Join(", ", SettingSections.All)}, ConnectionStrings.");
    }
}
