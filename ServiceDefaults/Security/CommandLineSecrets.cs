using System.Text.RegularExpressions;

namespace Fleet.ServiceDefaults.Security;

/// <summary>Rejects secrets on the command line of a process, which every user of the machine can read.</summary>
public static partial class CommandLineSecrets
{
    private const string AdminKey = "Fleet:AdminKey";
    private const string ReadKeys = "ReadKeys";

    /// <summary>Endings of the names of settings that are secrets, of Fleet, Aspire and OpenTelemetry.</summary>
    private static readonly string[] s_endings = ["AdminKey", "admin-key", "ApiKey", "Password", "Secret", "Token", "OTLP_HEADERS"];

    /// <summary>Checks the command line of this process.</summary>
    /// <exception cref="StartException">An argument is a secret; the message names it, without its value, and where to put it instead.</exception>
    public static void Reject(IEnumerable<string> args)
    {
        if (args.Select(NameOf).FirstOrDefault(static name => name is not null) is { } secret)
        {
            throw new StartException(
                $"{secret} is a secret, and every user of this machine can read a command line: set the environment variable {secret.Replace(":", "__", StringComparison.Ordinal)} instead"
                + (secret.Equals(AdminKey, StringComparison.OrdinalIgnoreCase) ? $", or --{AdminKey}File to a file that has the key, or to '-' for standard input." : "."));
        }
    }

    /// <summary>The name of the setting if an argument sets a secret; null otherwise. Knows every form that .NET reads: <c>--Key=value</c>, <c>--Key value</c>,
    /// <c>/Key=value</c> and <c>Key=value</c>, and <c>--set=Key=value</c> of <c>fleet</c>.</summary>
    internal static string? NameOf(string arg)
    {
        var match = Setting().Match(arg);
        if (!match.Success)
        {
            return null;
        }

        var (name, value) = (match.Groups["name"].Value, match.Groups["value"]);
        // Without a value in the same argument it is a setting only with a prefix; else it is a word, such as the name of a file.
        var isSetting = value.Success || match.Groups["prefix"].Value == "--" || (match.Groups["prefix"].Length > 0 && name.Contains(':', StringComparison.Ordinal));
        return !isSetting ? null
            : IsSecret(name) || HasPassword().IsMatch(value.Value) ? name
            : value.Success ? NameOf(value.Value)
            : null;
    }

    private static bool IsSecret(string name) =>
        s_endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        || name.Split(':').SkipLast(1).Contains(ReadKeys, StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex("^(?<prefix>--?|/)?(?<name>[\\w.:-]+)(=(?<value>.*))?$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Setting();

    // In a connection string, or before the host of a URL.
    [GeneratedRegex("(^|[,;\\s])password\\s*=\\s*[^,;\\s]|^[a-z][a-z0-9+.-]*://[^/?#@]*:[^/?#@]+@", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex HasPassword();
}
