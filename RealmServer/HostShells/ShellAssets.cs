using System.Security.Cryptography;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.HostShells;

/// <summary>The scripts and styles that a shell references without a content hash in their names, as in an app without a build step. A warm page keeps
/// them as it keeps the shell, so they are part of the shell's version. Assets with a hash in their names are ignored: a change of one changes the shell.</summary>
/// <param name="dist">The absolute path of the host app's folder.</param>
internal sealed class ShellAssets(string dist)
{
    /// <summary>Maximum number of files that are tracked, in document order. Each poll opens all of them.</summary>
    public const int MaxFiles = 500;

    private static readonly Uri s_site = new("http://site.invalid/");
    private static readonly string[] s_assetRelations = ["stylesheet", "modulepreload", "preload"];

    private byte[] _shell = [];
    private IReadOnlyList<string> _paths = [];
    private Dictionary<string, AssetState> _states = [];

    /// <summary>The current state of the files, in document order.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to a file is denied.</exception>
    public IReadOnlyList<ShellAsset> Read(byte[] shell)
    {
        if (!shell.AsSpan().SequenceEqual(_shell))
        {
            (_shell, _paths) = (shell, PathsIn(shell));
        }

        _states = _paths.ToDictionary(path => path, ReadState);
        return [.. _paths.Select(path => _states[path].Asset)];
    }

    /// <summary>Distinct paths of the shell's own scripts and styles that have no hash in their names.</summary>
    internal static IReadOnlyList<string> PathsIn(byte[] shell)
    {
        using var document = new HtmlParser().ParseDocument(new MemoryStream(shell));
        var root = Uri.TryCreate(s_site, document.QuerySelector("base[href]")?.GetAttribute("href"), out var found) ? found : s_site;
        return [.. document.QuerySelectorAll("script[src], link[href]")
            .Where(element => element is not IHtmlLinkElement link || s_assetRelations.Any(link.RelationList.Contains))
            .Select(element => element.GetAttribute("src") ?? element.GetAttribute("href"))
            .Select(name => Uri.TryCreate(root, name, out var url) && url.Host == s_site.Host ? Uri.UnescapeDataString(url.AbsolutePath) : "/")
            .Where(path => !path.EndsWith('/') && !path.Contains('\0') && !ContentHash.IsIn(Path.GetFileName(path)))
            .Distinct()
            .Take(MaxFiles)];
    }

    // Opened instead of queried by name: through a symbolic link, the handle gives the time and length of the target.
    private AssetState ReadState(string path)
    {
        try
        {
            using var file = File.OpenHandle(Path.Join(dist, path), options: FileOptions.SequentialScan);
            var (length, changedAt) = (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
            if (_states.TryGetValue(path, out var last) && last.Length == length && last.Asset.ChangedAt == changedAt)
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

    private sealed record AssetState(long Length, ShellAsset Asset);
}

/// <summary>A file that a shell references and whose name does not change with its content.</summary>
/// <param name="Path">The decoded request path, such as <c>/assets/app.js</c>.</param>
/// <param name="Digest">SHA-256 of the content, 64 lower-case hex digits; empty if the file is missing.</param>
/// <param name="ChangedAt">The file's last write time.</param>
internal sealed record ShellAsset(string Path, string Digest, DateTime ChangedAt);
