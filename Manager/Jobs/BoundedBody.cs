namespace Fleet.Manager.Jobs;

/// <summary>Keeps a body in memory up to a maximum length.</summary>
/// <param name="maxLength">The maximum, in bytes.</param>
internal sealed class BoundedBody(int maxLength) : MemoryStream
{
    public ReadOnlySpan<byte> Bytes => GetBuffer().AsSpan(0, (int)Length);

    // In a class that derives from MemoryStream, the other overloads of Write call this one.
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Length + count > maxLength)
        {
            throw new BodyTooLongException();
        }

        base.Write(buffer, offset, count);
    }
}

/// <summary>A body exceeds its maximum length.</summary>
internal sealed class BodyTooLongException : Exception;
