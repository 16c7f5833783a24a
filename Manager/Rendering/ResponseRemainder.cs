namespace Fleet.Manager.Rendering;

/// <summary>The part of a response body that is still unread.</summary>
/// <param name="body">The body.</param>
/// <param name="source">The owner of the body; disposed with this instance.</param>
/// <param name="length">Length of the whole body in bytes; null when the server does not state it.</param>
/// <param name="left">Maximum number of bytes still to read.</param>
/// <param name="pause">Timeout of one read.</param>
/// <param name="timeProvider">The clock of the timeout.</param>
internal sealed class ResponseRemainder(Stream body, IDisposable source, long? length, long left, TimeSpan pause, TimeProvider timeProvider) : IDisposable
{
    private long _left = left;

    /// <summary>Length of the whole body in bytes, including the part read before; null when the server does not state it.</summary>
    public long? Length => length;

    /// <summary>Reads the next bytes; returns 0 at the end.</summary>
    /// <exception cref="BrokenBodyException">The connection broke, the read timed out, or the body is too large.</exception>
    public async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        // The read itself is cancelled, so it has ended when this returns and the buffer can be reused.
        using var timeout = new CancellationTokenSource(pause, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var count = await body.ReadAsync(buffer, either.Token);
            _left -= count;
            return _left >= 0 ? count : throw new BrokenBodyException("it is larger than Manager:MaxResultBytes");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BrokenBodyException($"no data arrived for {pause.TotalSeconds:0.#} s");
        }
        catch (IOException e)
        {
            throw new BrokenBodyException(e.Message);
        }
    }

    public void Dispose() => source.Dispose();
}

/// <summary>The remainder of a response did not arrive after its beginning was sent to the caller. The response to the caller must be aborted.</summary>
internal sealed class BrokenBodyException(string message) : Exception(message);
