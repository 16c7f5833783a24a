namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>The environment of the browser's processes, which run the code of pages. It holds what Chromium needs to start and to show the same text, and no setting of
/// this service: those include keys and the connection string of Redis.</summary>
internal static class BrowserEnvironment
{
    private static readonly HashSet<string> s_names = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal)
    {
        "PATH", "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "DISPLAY", "FONTCONFIG_FILE", "FONTCONFIG_PATH",
        // Windows cannot start a process without them.
        "SystemRoot", "SystemDrive", "ComSpec", "TEMP", "TMP", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "ProgramData",
    };

    /// <summary>The part of an environment that the browser gets.</summary>
    public static IReadOnlyDictionary<string, string> Of(IEnumerable<KeyValuePair<string, string>> environment) =>
        environment.Where(variable => s_names.Contains(variable.Key)).ToDictionary();

    /// <summary>The part of this process's environment that the browser gets.</summary>
    public static IReadOnlyDictionary<string, string> Current() =>
        Of(Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? "")));
}
