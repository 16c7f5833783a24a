using System.Security.Cryptography;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Fleet.RealmServer.HostShells;

/// <summary>The scripts and styles that a shell names and whose names say nothing of their content, as in an app without a build step. A warm page
/// keeps them as it keeps the shell, so they are part of its version. Names with a hash change in the shell itself and are not looked at.</summary>
/// <param name="dist">The host app's folder, absolute.</param>
internal sealed class ShellAssets(string dist)
{
    /// <summary>Most files that are looked at, those named first. Each look opens them.</summary>
    public const int MaxFiles = 500;

    private static readonly Uri s_site = new("http://site.invalid/");
    private static readonly string[] s_loading = ["stylesheet", "modulepreload", "preload"];

    private byte[] _shell = [];
    private IReadOnlyList<string> _paths = [];
    private Dictionary<string, Seen> _seen = [];

    /// <summary>The files as they are now, in the order in which the shell names them.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public IReadOnlyList<ShellAsset> Read(byte[] shell)
    {
        if (!shell.AsSpan().SequenceEqual(_shell))
        {
            (_shell, _paths) = (shell, PathsIn(shell));
        }

        _seen = _paths.ToDictionary(path => path, Look);
        return [.. _paths.Select(path => _seen[path].Asset)];
    }

    /// <summary>Paths of the shell's own scripts and styles without a hash in their name, each once.</summary>
    internal static IReadOnlyList<string> PathsIn(byte[] shell)
    {
        using var document = new HtmlParser().ParseDocument(new MemoryStream(shell));
        var root = Uri.TryCreate(s_site, document.QuerySelector("base[href]")?.GetAttribute("href"), out var found) ? found : s_site;
        return [.. document.QuerySelectorAll("script[src], link[href]")
            .Where(element => element is not IHtmlLinkElement link || s_loading.Any(link.RelationList.Contains))
            .Select(element => element.GetAttribute("src") ?? element.GetAttribute("href"))
            .Select(name => Uri.TryCreate(root, name, out var url) && url.Host == s_site.Host ? Uri.UnescapeDataString(url.AbsolutePath) : "/")
            .Where(path => !path.EndsWith('/') && !path.Contains('\0') && AssetCaching.For(Path.GetFileName(path)) == AssetCaching.Revalidate)
            .Distinct()
            .Take(MaxFiles)];
    }

    // Opened rather than asked by name: through a symbolic link the time and length are those of what it points to.
    private Seen Look(string path)
    {
        try
        {
            using var file = File.OpenHandle(Path.Join(dist, path), options: FileOptions.SequentialScan);
            var (length, changedAt) = (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
            if (_seen.TryGetValue(path, out var last) && last.Length == length && last.Asset.ChangedAt == changedAt)
            {
                return last;
            }

            using var content = new FileStream(file, FileAccess.Read);
            return new(length, new(path, Convert.ToHexStringLower(SHA256.HashData(content)), changedAt));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || Directory.Exists(Path.Join(dist, path)))
        {
            return new(-1, new(path, "", default));
        }
    }

    private sealed record Seen(long Length, ShellAsset Asset);
}

/// <summary>A file that a shell names and that keeps its name when its content changes.</summary>
/// <param name="Path">Its path as a request has it, decoded: <c>/assets/app.js</c>.</param>
/// <param name="Digest">SHA-256 of its content, 64 lower-case hex digits; empty while it is missing.</param>
/// <param name="ChangedAt">The file's time.</param>
internal sealed record ShellAsset(string Path, string Digest, DateTime ChangedAt);
