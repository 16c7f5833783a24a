using Fleet.RealmServer.HostShells;

namespace Fleet.RealmServer.Site;

/// <summary>The bare shell as a page, created once per shell.</summary>
internal sealed class ShellPages(HostShellFile file)
{
    private volatile Pair? _pair;

    /// <summary>The served shell.</summary>
    public ShellDocument Current => file.Current;

    /// <summary>The bare shell with a status of 200 or 404.</summary>
    public ServedPage Bare(int status)
    {
        var shell = file.Current;
        var pair = _pair;
        if (pair is null || pair.Found.ShellToken != shell.Token)
        {
            // A race is harmless: both threads create the same pages.
            _pair = pair = new(Create(shell, StatusCodes.Status200OK), Create(shell, StatusCodes.Status404NotFound));
        }

        return status == StatusCodes.Status200OK ? pair.Found : pair.NotFound;
    }

    private static ServedPage Create(ShellDocument shell, int status) => new(ComposedPage.Bare(shell, status), shell);

    private sealed record Pair(ServedPage Found, ServedPage NotFound);
}
