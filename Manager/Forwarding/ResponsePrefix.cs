using System.Buffers;

namespace Fleet.Manager.Forwarding;

/// <summary>The first bytes of a body, or the whole body.</summary>
/// <param name="Bytes">The bytes read so far.</param>
/// <param name="IsBuffered">Whether the whole body was read.</param>
internal sealed record ResponsePrefix(ReadOnlyMemory<byte> Bytes, bool IsBuffered)
{
    private const int InitialCapacity = 16 * 1024;

    /// <summary>Reads a body to its end, or until more than <paramref name="maxBytes"/> bytes were read.</summary>
    public static async Task<ResponsePrefix> ReadAsync(Stream body, long? length, int maxBytes, CancellationToken cancellationToken)
    {
        // One extra byte, so that the read that detects the end needs no larger buffer.
        var bytes = new ArrayBufferWriter<byte>((int)Math.Min(length ?? InitialCapacity, maxBytes) + 1);
        while (bytes.WrittenCount <= maxBytes)
        {
            var count = await body.ReadAsync(bytes.GetMemory(), cancellationToken);
            if (count == 0)
            {
                return new(bytes.WrittenMemory, true);
            }

            bytes.Advance(count);
        }

        return new(bytes.WrittenMemory, false);
    }
}
