using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Fleet.Standalone.CommandLine;

/// <summary>Options of every command that starts a fleet.</summary>
internal sealed class CommonOptions
{
    private const string BrowserSetting = "Browser:ExecutablePath";

    private readonly Option<Dictionary<string, string>> _settings = OptionParsers.Settings();
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Log what the services do to standard error, instead of warnings only." };

    public void AddTo(Command command)
    {
        command.Options.Add(_settings);
        command.Options.Add(_verbose);
    }

    /// <summary>The values of <c>--set</c>, by key.</summary>
    public IReadOnlyDictionary<string, string> Settings(ParseResult command) => command.GetValue(_settings) ?? [];

    /// <summary>Lowest level of the log lines.</summary>
    public LogLevel LogLevel(ParseResult command) => command.GetValue(_verbose) ? Microsoft.Extensions.Logging.LogLevel.Information : Microsoft.Extensions.Logging.LogLevel.Warning;

    /// <summary>The configured browser; null for an installed one.</summary>
    public string? Browser(ParseResult command) => BrowserOf(Settings(command));

    /// <summary><c>Browser:ExecutablePath</c> of <c>--set</c> or the environment.</summary>
    public static string? BrowserOf(IReadOnlyDictionary<string, string> settings) =>
        new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(settings!).Build()[BrowserSetting];
}
