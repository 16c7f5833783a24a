namespace Fleet.Manager.Jobs;

/// <summary>Keeps a body in memory up to a maximum length.</summary>
/// <param name="maxLength">The maximum, in bytes.</param>
internal sealed class BoundedBody(int maxLength) : MemoryStream
{
    public ReadOnlySpan<byte> Bytes => GetBuffer().AsSpan(0, (int)Length);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Length + buffer.Length > maxLength)
        {
            throw new BodyTooLongException();
        }

        base.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A body exceeds its maximum length.</summary>
internal sealed class BodyTooLongException : Exception;
