namespace Fleet.ServiceDefaults.Options;

/// <summary>The sections of settings that services read.</summary>
public static class SettingSections
{
    /// <summary>Their names, sorted. A test compares them with the options classes of all services.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["Browser", "Fleet", "Host", "Index", "Logging", "Manager", "Pages", "Pictures", "Pool", "Realms", "Registration", "Rendering"];
}
