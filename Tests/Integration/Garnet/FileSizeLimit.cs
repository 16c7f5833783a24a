using System.Diagnostics;
using System.Globalization;

namespace Fleet.Tests.Garnet;

/// <summary>The limit of the size of the files that a process writes (RLIMIT_FSIZE): a write beyond it fails, as on a full disk.</summary>
internal static class FileSizeLimit
{
    /// <summary>A start of a program that is not ended by the signal that comes with such a failure.</summary>
    public static ProcessStartInfo Start(string program, params string[] arguments) => OperatingSystem.IsWindows()
        ? new(program, arguments)
        : new("/bin/sh", ["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", program, .. arguments]);

    /// <summary>Sets the limit of a process that runs, in bytes; null for none.</summary>
    public static async Task SetAsync(int processId, long? bytes)
    {
        var limit = bytes?.ToString(CultureInfo.InvariantCulture) ?? "unlimited";
        using var prlimit = Process.Start("prlimit", ["--pid", processId.ToString(CultureInfo.InvariantCulture), $"--fsize={limit}:"]);
        await prlimit.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, prlimit.ExitCode);
    }
}
