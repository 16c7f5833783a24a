using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults.Options;

/// <summary>Checks settings of .NET that a service reads before it has options: with a wrong one it would crash instead of naming it.</summary>
public static class HostSettings
{
    private const string LogLevelSection = "LogLevel";

    /// <summary>Checks the levels of the log and the addresses to listen on.</summary>
    /// <exception cref="OptionsValidationException">A value is wrong; the message names setting, value and remedy.</exception>
    public static void Check(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var errors = ErrorsOfLevels(configuration).Concat(ErrorsOfUrls(configuration)).ToList();
        if (errors.Count > 0)
        {
            throw new OptionsValidationException("Logging", typeof(LogLevel), errors);
        }
    }

    private static IEnumerable<string> ErrorsOfUrls(IConfiguration configuration) => (configuration[WebHostDefaults.ServerUrlsKey] ?? "")
        .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(url => !IsUrl(url))
        .Select(url => $"ASPNETCORE_URLS (--urls) has '{url}': it must be an address to listen on, such as http://127.0.0.1:5200, with a port up to {ushort.MaxValue}.");

    // Logging:LogLevel:<category>, and the same of one provider: Logging:Console:LogLevel:<category>.
    private static IEnumerable<string> ErrorsOfLevels(IConfiguration configuration) => configuration.GetSection("Logging").AsEnumerable()
        .Where(setting => !string.IsNullOrEmpty(setting.Value) && setting.Key.Split(':') is [_, LogLevelSection, ..] or [_, _, LogLevelSection, ..])
        .Where(setting => !Enum.GetNames<LogLevel>().Contains(setting.Value, StringComparer.OrdinalIgnoreCase))
        .Select(setting => $"{setting.Key} is '{setting.Value}': it must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}.");

    private static bool IsUrl(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Port <= ushort.MaxValue && address.Scheme is "http" or "https";
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
