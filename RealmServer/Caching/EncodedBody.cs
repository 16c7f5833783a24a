using System.IO.Compression;

namespace Fleet.RealmServer.Caching;

/// <summary>A body in every coding that clients ask for. Each is made once, when it is first asked for, and kept.</summary>
internal sealed class EncodedBody
{
    /// <summary>Below this, packing saves nothing that fills a packet.</summary>
    private const int MinBytes = 512;

    /// <summary>Four fifths of what the highest quality saves, at a fiftieth of its time.</summary>
    private const int BrotliQuality = 5;

    private const int BrotliWindow = 22;

    private readonly EncodedForm _identity;
    private readonly Lazy<EncodedForm> _brotli;
    private readonly Lazy<EncodedForm> _gzip;

    /// <param name="bytes">The body.</param>
    /// <param name="tag">Its entity tag, unquoted. Each coding gets its own: strong tags promise equal bytes.</param>
    public EncodedBody(byte[] bytes, string tag)
    {
        _identity = new(bytes, $"\"{tag}\"", null);
        _brotli = new(() => Pack(tag, ContentCoding.Brotli));
        _gzip = new(() => Pack(tag, ContentCoding.Gzip));
    }

    /// <summary>Bytes of memory, with room for the packed forms.</summary>
    public long Size => 2L * _identity.Bytes.Length;

    public EncodedForm In(ContentCoding coding) => coding switch
    {
        ContentCoding.Brotli => _brotli.Value,
        ContentCoding.Gzip => _gzip.Value,
        _ => _identity,
    };

    private EncodedForm Pack(string tag, ContentCoding coding)
    {
        if (_identity.Bytes.Length < MinBytes)
        {
            return _identity;
        }

        var packed = coding == ContentCoding.Brotli ? Brotli(_identity.Bytes) : Gzip(_identity.Bytes);
        var name = ContentCodings.NameOf(coding);
        return packed.Length < _identity.Bytes.Length ? new(packed, $"\"{tag}-{name}\"", name) : _identity;
    }

    private static byte[] Brotli(byte[] bytes)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, packed, out var written, BrotliQuality, BrotliWindow) ? packed[..written] : bytes;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream(bytes.Length / 3);
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}

/// <summary>A body in one coding.</summary>
/// <param name="Bytes">What is sent.</param>
/// <param name="ETag">Its entity tag, quoted.</param>
/// <param name="Coding">Value of <c>Content-Encoding</c>; null for none.</param>
internal sealed record EncodedForm(byte[] Bytes, string ETag, string? Coding);
