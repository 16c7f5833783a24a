using Microsoft.AspNetCore.StaticFiles;

namespace Fleet.RealmServer.Site;

/// <summary>Content types of the host app's files, by their extensions.</summary>
internal static class FileTypes
{
    // The framework's list lacks these; a browser ignores subtitles and manifests of streams whose type is unknown.
    private static readonly FileExtensionContentTypeProvider s_types = new()
    {
        Mappings =
        {
            [".apng"] = "image/apng",
            [".cjs"] = "text/javascript",
            [".flac"] = "audio/flac",
            [".geojson"] = "application/geo+json",
            [".glb"] = "model/gltf-binary",
            [".gltf"] = "model/gltf+json",
            [".heic"] = "image/heic",
            [".jsonld"] = "application/ld+json",
            [".jxl"] = "image/jxl",
            [".m3u8"] = "application/vnd.apple.mpegurl",
            [".m4s"] = "video/iso.segment",
            [".mpd"] = "application/dash+xml",
            [".opus"] = "audio/ogg",
            [".rss"] = "application/rss+xml",
            [".srt"] = "application/x-subrip",
            [".toml"] = "application/toml",
            [".vtt"] = "text/vtt",
            [".weba"] = "audio/webm",
            [".yaml"] = "application/yaml",
            [".yml"] = "application/yaml",
        },
    };

    /// <summary>The type of a file or a path; null if its extension is unknown.</summary>
    public static string? Find(string path) => s_types.TryGetContentType(path, out var type) ? type : null;

    /// <summary>Whether compression reduces files of a content type. Images, sounds and fonts are already compressed.</summary>
    public static bool IsPackable(string contentType) =>
        contentType.StartsWith("text/", StringComparison.Ordinal)
        || contentType.EndsWith("+json", StringComparison.Ordinal)
        || contentType.EndsWith("+xml", StringComparison.Ordinal)
        || contentType is "application/javascript" or "application/json" or "application/toml" or "application/vnd.apple.mpegurl" or "application/wasm" or "application/x-subrip" or "application/xml"
            or "application/yaml";
}
