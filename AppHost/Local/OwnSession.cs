using System.Diagnostics;

namespace Fleet.AppHost.Local;

/// <summary>Starts programs outside the terminal's foreground group. Ctrl-C goes to every process of that group at once; the fleet
/// wants it alone, to stop its parts in order.</summary>
internal static class OwnSession
{
    private static readonly string? s_setsid = Executables.Find("setsid");

    /// <summary>How to start the program: through <c>setsid</c> where there is one (it execs, so the process id is the program's).</summary>
    public static ProcessStartInfo Wrap(string program, IEnumerable<string> arguments) =>
        s_setsid is null
            ? new(program, arguments) { UseShellExecute = false }
            : new(s_setsid, ["--", program, .. arguments]) { UseShellExecute = false };
}
