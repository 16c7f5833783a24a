using System.IO.Compression;

namespace Fleet.RealmServer.Caching;

/// <summary>A body in each content coding. Encodings are created on first use and cached.</summary>
internal sealed class EncodedBody
{
    /// <summary>Minimum size for compression in bytes: 512. Smaller bodies fit into one packet anyway.</summary>
    private const int MinBytes = 512;

    /// <summary>Quality 5 saves four fifths of what the highest quality saves, in a fiftieth of the time.</summary>
    private const int BrotliQuality = 5;

    private const int BrotliWindow = 22;

    private readonly EncodedForm _identity;
    private readonly Lazy<EncodedForm> _brotli;
    private readonly Lazy<EncodedForm> _gzip;

    /// <param name="bytes">The body.</param>
    /// <param name="tag">The unquoted entity tag. Each coding gets its own tag, since a strong tag guarantees identical bytes.</param>
    public EncodedBody(byte[] bytes, string tag)
    {
        _identity = new(bytes, $"\"{tag}\"", null);
        _brotli = new(() => Compress(tag, ContentCoding.Brotli));
        _gzip = new(() => Compress(tag, ContentCoding.Gzip));
    }

    /// <summary>Approximate memory in bytes, including the compressed forms.</summary>
    public long Size => 2L * _identity.Bytes.Length;

    public EncodedForm In(ContentCoding coding) => coding switch
    {
        ContentCoding.Brotli => _brotli.Value,
        ContentCoding.Gzip => _gzip.Value,
        _ => _identity,
    };

    private EncodedForm Compress(string tag, ContentCoding coding)
    {
        if (_identity.Bytes.Length < MinBytes)
        {
            return _identity;
        }

        var compressed = coding == ContentCoding.Brotli ? Brotli(_identity.Bytes) : Gzip(_identity.Bytes);
        var name = ContentCodings.NameOf(coding);
        return compressed.Length < _identity.Bytes.Length ? new(compressed, $"\"{tag}-{name}\"", name) : _identity;
    }

    private static byte[] Brotli(byte[] bytes)
    {
        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, compressed, out var written, BrotliQuality, BrotliWindow) ? compressed[..written] : bytes;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream(bytes.Length / 3);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }
}

/// <summary>A body in one coding.</summary>
/// <param name="Bytes">The encoded bytes.</param>
/// <param name="ETag">The quoted entity tag.</param>
/// <param name="Coding">Value of <c>Content-Encoding</c>; null for none.</param>
internal sealed record EncodedForm(byte[] Bytes, string ETag, string? Coding);
