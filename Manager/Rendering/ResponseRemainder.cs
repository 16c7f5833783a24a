namespace Fleet.Manager.Rendering;

/// <summary>The rest of a server's answer, on its way.</summary>
/// <param name="body">Where it comes from.</param>
/// <param name="source">What the body belongs to, and ends with this.</param>
/// <param name="length">Length of the whole body; null when the server does not say.</param>
/// <param name="left">How many bytes may still come.</param>
/// <param name="pause">How long it may take until the next bytes come.</param>
/// <param name="timeProvider">The clock of the pause.</param>
internal sealed class ResponseRemainder(Stream body, IDisposable source, long? length, long left, TimeSpan pause, TimeProvider timeProvider) : IDisposable
{
    private long _left = left;

    /// <summary>Length of the whole body, what was read before included.</summary>
    public long? Length => length;

    /// <summary>Reads on; 0 at the end.</summary>
    /// <exception cref="BrokenBodyException">It breaks off, pauses for too long, or is too large.</exception>
    public async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        // The read itself is cancelled and has ended when this returns: the buffer goes to somebody else then.
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
            throw new BrokenBodyException($"nothing came for {pause.TotalSeconds:0.#} s");
        }
        catch (IOException e)
        {
            throw new BrokenBodyException(e.Message);
        }
    }

    public void Dispose() => source.Dispose();
}

/// <summary>The rest of an answer does not come, after its beginning was passed on. All that can be done is to break off as well.</summary>
internal sealed class BrokenBodyException(string message) : Exception(message);
