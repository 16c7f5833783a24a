using System.Runtime.InteropServices;

namespace Fleet.AppHost.Local;

/// <summary>Finds programs.</summary>
internal static class Executables
{
    // Where Debian keeps servers; not on every user's path.
    private static readonly string[] s_alsoSearched = OperatingSystem.IsWindows() ? [] : ["/usr/local/bin", "/usr/bin", "/usr/sbin"];

    /// <summary>The program's full path, from PATH; null when there is none.</summary>
    public static string? Find(string name)
    {
        var file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(s_alsoSearched)
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>The <c>dotnet</c> that runs this process: three levels above its runtime, wherever that is installed.</summary>
    public static string Dotnet { get; } = Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
