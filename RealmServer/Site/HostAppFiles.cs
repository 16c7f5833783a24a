using Fleet.RealmServer.Caching;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site;

/// <summary>Serves the host app's files. Text files are compressed once per version and cached in memory.</summary>
internal sealed class HostAppFiles(HostShellFile shell, IOptions<PagesOptions> options) : IDisposable
{
    /// <summary>Maximum size of a compressed file in bytes: 4 MiB. Such files are read into memory as a whole.</summary>
    private const int MaxCompressedFileBytes = 4 * 1024 * 1024;

    // Confines paths to the folder and excludes hidden files. It follows links out of the folder and serves files of hidden folders; Find rejects both.
    private readonly PhysicalFileProvider _files = new(shell.Dist);
    private readonly BoundedCache<EncodedBody> _compressed = new(options.Value.FileCacheBytes, static body => body.Size);

    /// <summary>Finds the file at a path. The provider would drop leading slashes, so that <c>//index.html</c> would be the app's empty document.</summary>
    public HostAppFile Find(string path) => UnservedPaths.Contains(path) ? HostAppFile.Unserved
        : path.StartsWith("//", StringComparison.Ordinal) ? HostAppFile.None
        : _files.GetFileInfo(path) is not { Exists: true, IsDirectory: false, PhysicalPath: { } file } ? HostAppFile.None
        : IsInside(file) ? HostAppFile.Found
        : HostAppFile.Unserved;

    /// <summary>Sends the file at a path, or a 404 if a deploy has removed it since it was found. The framework's results handle conditional, range and HEAD requests.</summary>
    public Task SendAsync(HttpContext http, string path) => UnlessGoneAsync(http, SendFileAsync(http, path));

    /// <summary>Sends the HTML file at a path with the status of an error: without a tag, which would match the page once there is one.</summary>
    public Task SendErrorAsync(HttpContext http, string path, int status) => UnlessGoneAsync(http, SendTextAsync(http, path, status));

    private static async Task UnlessGoneAsync(HttpContext http, Task sending)
    {
        try
        {
            await sending;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && !http.Response.HasStarted)
        {
            http.Response.Clear();
            await SiteAnswers.NotFoundAsync(http, http.Request.Path);
        }
    }

    private async Task SendFileAsync(HttpContext http, string path)
    {
        var file = _files.GetFileInfo(path);
        if (!file.Exists || file.PhysicalPath is null || Find(path) != HostAppFile.Found)
        {
            throw new FileNotFoundException($"{path} is gone.");
        }

        http.Response.Headers.CacheControl = AssetCaching.For(path);
        var type = FileTypes.Find(file.Name) ?? "application/octet-stream";
        var tag = TagOf(file, path);
        var isGzip = file.Name.EndsWith(".svgz", StringComparison.OrdinalIgnoreCase) && await IsGzipAsync(file.PhysicalPath, http.RequestAborted);
        if (isGzip)
        {
            // The type is that of the picture within, which browsers show only if they know that it is compressed.
            http.Response.Headers.ContentEncoding = "gzip";
        }

        var result = (isGzip ? null : FindCompressed(http, file, type, tag)) ?? Results.File(
            file.PhysicalPath,
            type,
            lastModified: file.LastModified,
            entityTag: new EntityTagHeaderValue($"\"{tag}\""),
            enableRangeProcessing: HttpMethods.IsGet(http.Request.Method));
        await result.ExecuteAsync(http);
    }

    private async Task SendTextAsync(HttpContext http, string path, int status)
    {
        var content = await File.ReadAllBytesAsync(_files.GetFileInfo(path).PhysicalPath ?? throw new FileNotFoundException($"{path} is gone."), http.RequestAborted);
        http.Response.Headers.CacheControl = AssetCaching.Revalidate;
        await Results.Text(content, "text/html; charset=utf-8", status).ExecuteAsync(http);
    }

    /// <summary>Version of the file at a path: its last write time, in ticks of UTC; 0 if it is gone.</summary>
    public long VersionOf(string path) => _files.GetFileInfo(path) is { Exists: true } file ? file.LastModified.UtcTicks : 0;

    /// <summary>Content of the text file at a path; null if it cannot be read.</summary>
    public string? ReadText(string path)
    {
        try
        {
            return Find(path) == HostAppFile.Found && _files.GetFileInfo(path).PhysicalPath is { } file ? File.ReadAllText(file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Paths of all HTML files, with a leading slash; none while the folder is missing.</summary>
    public IEnumerable<string> Documents() => !Directory.Exists(shell.Dist) ? []
        : Directory.EnumerateFiles(shell.Dist, "*.html", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Select(file => "/" + Path.GetRelativePath(shell.Dist, file).Replace(Path.DirectorySeparatorChar, '/'));

    /// <summary>What is known of a path that is no file.</summary>
    public PathTraits TraitsOf(string path)
    {
        var isKnownType = FileTypes.Find(path) is not (null or "text/html" or "application/xhtml+xml");
        return new(Path.HasExtension(path), isKnownType && _files.GetDirectoryContents(path[..path.LastIndexOf('/')]).Exists);
    }

    public void Dispose() => _files.Dispose();

    // Most apps have no links, so one query per component below the folder suffices.
    private bool IsInside(string file)
    {
        for (var path = file; path.Length > shell.Dist.Length; path = Path.GetDirectoryName(path)!)
        {
            if (new FileInfo(path).LinkTarget is not null)
            {
                return RealPath.Below(shell.Dist, file) is { } real && !UnservedPaths.ContainsReal(real);
            }
        }

        return true;
    }

    // If a build sets the same time on all files, two versions of equal length would get the same tag, and a warm page would get a 304 for the new one.
    // The digest tells them apart.
    private string TagOf(IFileInfo file, string path) =>
        $"{file.LastModified.UtcTicks:x}-{file.Length:x}{shell.Current.Assets.FirstOrDefault(asset => asset.Path == path)?.Digest}";

    private static async Task<bool> IsGzipAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        var start = new byte[2];
        return await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken) == start.Length && start is [0x1f, 0x8b];
    }

    private IResult? FindCompressed(HttpContext http, IFileInfo file, string type, string tag)
    {
        if (file.Length > MaxCompressedFileBytes || !FileTypes.IsPackable(type))
        {
            return null;
        }

        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        var coding = ContentCodings.For(http.Request.Headers.AcceptEncoding);
        // Ranges refer to the uncompressed file. Only GET has them (RFC 9110, 14.2).
        if (coding == ContentCoding.Identity || (HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.Range.Count > 0))
        {
            return null;
        }

        var key = $"{file.PhysicalPath} {tag}";
        if (!_compressed.TryGet(key, out var body))
        {
            _compressed.Set(key, body = new(File.ReadAllBytes(file.PhysicalPath!), tag));
        }

        var form = body.In(coding);
        if (form.Coding is null)
        {
            return null;
        }

        http.Response.Headers.ContentEncoding = form.Coding;
        return Results.Bytes(form.Bytes, type, lastModified: file.LastModified, entityTag: new EntityTagHeaderValue(form.ETag));
    }
}

/// <summary>What is at a path of the host app's folder.</summary>
internal enum HostAppFile
{
    /// <summary>No file: the path may be a route.</summary>
    None,

    /// <summary>A file that is served.</summary>
    Found,

    /// <summary>A path that is never served, or a link that leads out of the folder.</summary>
    Unserved,
}
