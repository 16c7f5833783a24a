using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Fleet.Contracts;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;

namespace Fleet.Standalone.CommandLine;

/// <summary>Creates options that report a wrong value in one sentence: option, value, remedy.</summary>
internal static class OptionParsers
{
    // Settings that an option or the program sets. --set rejects them, so that no setting has two values.
    private static readonly (string Setting, string Remedy)[] s_ownSettings =
    [
        ("Host:Dist", "use --dist"),
        ("Realms:Root", "use --realms"),
        ("Fleet:AllowedOrigins", "use --origin"),
        ("Fleet:AdminKey", "use --admin-key-file"),
        ("Fleet:AdminKeyFile", "use --admin-key-file"),
        ("Fleet:Ports", "use --port and --manager-port"),
        ("Fleet:PrerenderServers", "this program runs one prerender server; Pool:Slots makes it larger"),
        ("Fleet:Redis", "this program has its own store"),
        ("Registration:Url", "this program sets the address of its prerender server"),
    ];

    /// <summary>An option with a whole number.</summary>
    public static Option<int> Number(string name, string helpName, int min, int max, int defaultValue, string description) => new(name)
    {
        HelpName = helpName,
        Description = description,
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => ParseNumber(result, name, min, max) ?? defaultValue,
    };

    /// <summary>An option with a whole number and no default.</summary>
    public static Option<int?> OptionalNumber(string name, string helpName, int min, int max, string description) => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = result => ParseNumber(result, name, min, max),
    };

    /// <summary>An option with a number and no default.</summary>
    public static Option<double?> OptionalDecimal(string name, string helpName, double min, double max, string description) => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            {
                return number;
            }

            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is {Quoted.Of(text)}: it must be a number from {min} to {max}."));
            return null;
        },
    };

    /// <summary>An option with a part of a page.</summary>
    public static Option<ScreenshotClip?> Clip(string name, string description) => new(name)
    {
        HelpName = "X,Y,WIDTH,HEIGHT",
        Description = description,
        CustomParser = result =>
        {
            if (ScreenshotClip.TryParse(result.Tokens[0].Value, out var clip))
            {
                return clip;
            }

            result.AddError($"{name} is {Quoted.Of(result.Tokens[0].Value)}: it must be X,Y,WIDTH,HEIGHT in CSS pixels, such as 0,0,600,400.");
            return null;
        },
    };

    /// <summary>An option with one of a few words.</summary>
    public static Option<string?> Word(string name, string[] words, string description) => new(name)
    {
        HelpName = string.Join('|', words),
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (words.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word)
            {
                return word;
            }

            result.AddError($"{name} is {Quoted.Of(text)}: it must be one of {string.Join(", ", words)}.");
            return null;
        },
    };

    /// <summary>An option with a folder, which need not exist.</summary>
    public static Option<DirectoryInfo?> Folder(string name, string description) => new(name)
    {
        HelpName = "DIR",
        Description = description,
        CustomParser = result =>
        {
            if (!string.IsNullOrWhiteSpace(result.Tokens[0].Value))
            {
                return new DirectoryInfo(result.Tokens[0].Value);
            }

            result.AddError($"{name} is empty: name a folder, or leave the option out.");
            return null;
        },
    };

    /// <summary>A repeatable option with origins.</summary>
    public static Option<string[]> Origins(string description) => new("--origin")
    {
        HelpName = "URL",
        Description = description,
        CustomParser = result =>
        {
            var origins = new List<string>();
            foreach (var token in result.Tokens)
            {
                if (OriginAllowList.TryNormalize(token.Value, out var origin))
                {
                    origins.Add(origin);
                }
                else
                {
                    result.AddError($"--origin is {Quoted.Of(token.Value)}: it must be scheme, host and port, such as https://app.example.com, without a path.");
                }
            }

            return [.. origins];
        },
    };

    /// <summary>The repeatable option <c>--set Section:Key=value</c>.</summary>
    public static Option<Dictionary<string, string>> Settings() => new("--set")
    {
        HelpName = "Section:Key=value",
        Description = "A setting of docs/settings.md, such as Pool:Slots=8. Repeatable; environment variables (Pool__Slots=8) work too.",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var token in result.Tokens)
            {
                if (CheckSetting(token.Value) is { } error)
                {
                    result.AddError(error);
                }
                else
                {
                    var (key, value) = Split(token.Value);
                    settings[key] = value;
                }
            }

            return settings;
        },
    };

    /// <summary>Checks <c>Section:Key=value</c>. Returns the error; null when it is valid.</summary>
    internal static string? CheckSetting(string text)
    {
        var (key, _) = Split(text);
        if (!text.Contains('=', StringComparison.Ordinal) || key.Split(':') is not [{ Length: > 0 } section, { Length: > 0 }, ..])
        {
            return $"--set is {Quoted.Of(text)}: write it as Section:Key=value, such as Pool:Slots=8.";
        }

        if (!SettingSections.All.Contains(section, StringComparer.OrdinalIgnoreCase))
        {
            return $"--set names {Quoted.Of(key)}, which is not a setting: the sections are {string.Join(", ", SettingSections.All)}.";
        }

        return s_ownSettings.FirstOrDefault(own => IsOrIsBelow(key, own.Setting)) is { Setting: { } setting, Remedy: var remedy }
            ? $"--set cannot set {setting}: {remedy}."
            : null;
    }

    private static bool IsOrIsBelow(string key, string setting) =>
        key.StartsWith(setting, StringComparison.OrdinalIgnoreCase) && (key.Length == setting.Length || key[setting.Length] == ':');

    private static (string Key, string Value) Split(string text) => text.IndexOf('=', StringComparison.Ordinal) is >= 0 and var end ? (text[..end], text[(end + 1)..]) : (text, "");

    private static int? ParseNumber(ArgumentResult result, string name, int min, int max)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        result.AddError($"{name} is {Quoted.Of(text)}: it must be a whole number from {min} to {max}.");
        return null;
    }
}
