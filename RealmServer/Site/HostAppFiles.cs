using Fleet.RealmServer.Caching;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site;

/// <summary>The host app's own files; text among them packed for whoever takes it, once per version and kept in memory.</summary>
internal sealed class HostAppFiles(HostShellFile shell, IOptions<PagesOptions> options) : IDisposable
{
    /// <summary>Largest file that is packed, in bytes: 4 MiB. It is read as a whole.</summary>
    private const int MaxPackedBytes = 4 * 1024 * 1024;

    private static readonly FileExtensionContentTypeProvider s_types = new();

    // Keeps requests inside the folder, and hidden files out of reach.
    private readonly PhysicalFileProvider _files = new(shell.Dist);
    private readonly BoundedCache<EncodedBody> _packed = new(options.Value.FileCacheBytes, static body => body.Size);

    /// <summary>The file at a path; null when there is none. The framework's results answer conditional, range and HEAD requests.</summary>
    public IResult? Find(HttpContext http, string path)
    {
        var file = _files.GetFileInfo(path);
        if (!file.Exists || file.IsDirectory || file.PhysicalPath is null)
        {
            return null;
        }

        http.Response.Headers.CacheControl = AssetCaching.For(file.Name);
        var type = s_types.TryGetContentType(file.Name, out var known) ? known : "application/octet-stream";
        var tag = TagOf(file, path);
        return FindPacked(http, file, type, tag) ?? Results.File(
            file.PhysicalPath,
            type,
            lastModified: file.LastModified,
            entityTag: new EntityTagHeaderValue($"\"{tag}\""),
            enableRangeProcessing: true);
    }

    public void Dispose() => _files.Dispose();

    // A build that gives all files one time makes two versions of equal length look alike; a warm page would be told that it has the new one.
    private string TagOf(IFileInfo file, string path) =>
        $"{file.LastModified.UtcTicks:x}-{file.Length:x}{shell.Current.Assets.FirstOrDefault(asset => asset.Path == path)?.Digest}";

    /// <summary>Whether packing files of a type gains anything: screenshots and fonts are packed already.</summary>
    internal static bool IsPackable(string contentType) =>
        contentType.StartsWith("text/", StringComparison.Ordinal)
        || contentType is "application/javascript" or "application/json" or "application/manifest+json" or "application/xml" or "application/wasm" or "image/svg+xml";

    private IResult? FindPacked(HttpContext http, IFileInfo file, string type, string tag)
    {
        if (file.Length > MaxPackedBytes || !IsPackable(type))
        {
            return null;
        }

        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        var coding = ContentCodings.For(http.Request.Headers.AcceptEncoding);
        // Parts are parts of the file as it is.
        if (coding == ContentCoding.Identity || http.Request.Headers.Range.Count > 0)
        {
            return null;
        }

        var key = $"{file.PhysicalPath} {tag}";
        if (!_packed.TryGet(key, out var body))
        {
            _packed.Set(key, body = new(File.ReadAllBytes(file.PhysicalPath!), tag));
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
