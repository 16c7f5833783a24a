using System.Globalization;

namespace Fleet.Standalone.Hosting;

/// <summary>Addresses of the services in one run.</summary>
/// <param name="Realm">The realm server.</param>
/// <param name="Manager">The manager.</param>
/// <param name="Prerender">The prerender server.</param>
internal sealed record StandaloneAddresses(Uri Realm, Uri Manager, Uri Prerender)
{
    /// <summary>The address of a service by its name.</summary>
    public Uri Of(string service) => service switch { ServiceArguments.Realm => Realm, ServiceArguments.Manager => Manager, _ => Prerender };
}

/// <summary>The command line of each service: the settings that the AppHost passes to its processes in the environment.</summary>
internal static class ServiceArguments
{
    public const string Realm = "realm";
    public const string Manager = "manager";
    public const string Prerender = "prerender";
    public const string Garnet = "garnet";

    // The user waits for the program to stop, so renders in progress get less time than on a drained server.
    private static readonly (string Key, string Value)[] s_defaults =
    [
        ("Fleet:StopNotice", "00:00:00"),
        ("Manager:DrainTimeout", "00:00:05"),
        ("Registration:DrainTimeout", "00:00:05"),
        ("Pool:StopDeadline", "00:00:05"),
    ];

    private static readonly (string Key, string Value)[] s_oneShotDefaults = [("Index:Enabled", "false"), ("Manager:MaxAttempts", "1")];

    /// <summary>Creates the command line of one service.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="settings">The settings of the run.</param>
    /// <param name="addresses">Where the services listen.</param>
    /// <param name="redis">Connection string of the store.</param>
    /// <param name="adminKey">The key that the services share.</param>
    public static string[] For(string service, StandaloneSettings settings, StandaloneAddresses addresses, string redis, string adminKey)
    {
        var values = Logging(service, settings);
        foreach (var (key, value) in settings.IsOneShot ? [.. s_defaults, .. s_oneShotDefaults] : s_defaults)
        {
            values[key] = value;
        }

        foreach (var (key, value) in settings.Settings)
        {
            values[key] = value;
        }

        // --set cannot override the following: the services of one process must agree on it.
        values["urls"] = Address(addresses.Of(service));
        values["environment"] = "Production";
        // The working directory is the user's: its appsettings.json belongs to another program, and it may be too large to watch.
        values["contentRoot"] = AppContext.BaseDirectory;
        // The manager exports traces and metrics of the whole process, see below.
        values["OTEL_SERVICE_NAME"] = service == Manager ? "fleet" : service;
        values["ConnectionStrings:redis"] = redis;
        values["Fleet:AdminKey"] = adminKey;
        // An environment variable may name one; the key above is its content.
        values["Fleet:AdminKeyFile"] = "";
        values["Browser:ExecutablePath"] = settings.Browser;
        if (service != Realm)
        {
            values["services:realm:http:0"] = Address(addresses.Realm);
        }

        if (service != Manager)
        {
            values["services:manager:http:0"] = Address(addresses.Manager);
            // Activity sources and meters are per process: one exporter covers all services. Logs are those of each service.
            values["OTEL_TRACES_EXPORTER"] = values["OTEL_METRICS_EXPORTER"] = "none";
        }

        Add(values, "Host:Dist", settings.Dist);
        Add(values, "Realms:Root", settings.Realms);
        foreach (var (i, origin) in settings.Origins.Index())
        {
            values[string.Create(CultureInfo.InvariantCulture, $"Fleet:AllowedOrigins:{i}")] = origin;
        }

        return [.. values.Select(value => $"--{value.Key}={value.Value}")];
    }

    /// <summary>The logging settings, by key. All logs go to standard error: standard output is for the program's own lines and results.</summary>
    public static Dictionary<string, string> Logging(string service, StandaloneSettings settings) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["Logging:LogLevel:Default"] = settings.LogLevel.ToString(),
        ["Logging:Console:LogToStandardErrorThreshold"] = "Trace",
        ["Logging:Console:FormatterOptions:Service"] = service,
    };

    // Without the trailing slash, as Aspire formats addresses.
    private static string Address(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static void Add(Dictionary<string, string> values, string key, string? path)
    {
        if (path is not null)
        {
            values[key] = Path.GetFullPath(path);
        }
    }
}
