using System.Buffers;

namespace Fleet.Manager.Forwarding;

/// <summary>The first bytes of a body, or all of it.</summary>
/// <param name="Bytes">What was read.</param>
/// <param name="IsBuffered">Whether that is all.</param>
internal sealed record ResponsePrefix(ReadOnlyMemory<byte> Bytes, bool IsBuffered)
{
    private const int Chunk = 16 * 1024;

    /// <summary>Reads a body to its end, or until more than <paramref name="most"/> bytes have come.</summary>
    public static async Task<ResponsePrefix> ReadAsync(Stream body, long? length, int most, CancellationToken cancellationToken)
    {
        // One byte more than it says shows that it is over.
        var bytes = new ArrayBufferWriter<byte>((int)Math.Min(length ?? Chunk, most) + 1);
        while (bytes.WrittenCount <= most)
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
