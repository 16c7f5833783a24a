namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>Something in the browser is gone.</summary>
/// <param name="Generation">The browser process.</param>
/// <param name="Slot">The slot whose renderer crashed; null when the whole process is gone.</param>
/// <param name="Reason">For the log.</param>
internal sealed record BrowserLoss(int Generation, long? Slot, string Reason);

/// <summary>Memory of a browser process tree, in bytes (PSS where the system tells it, else RSS).</summary>
/// <param name="TotalBytes">All processes of the generation.</param>
/// <param name="SlotBytes">JavaScript heap and documents by slot, as far as the page told; a page that did not answer is missing.</param>
internal sealed record BrowserMemory(long TotalBytes, IReadOnlyDictionary<long, long> SlotBytes);
