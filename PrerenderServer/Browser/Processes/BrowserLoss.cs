namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>The unexpected loss of a page or a browser process.</summary>
/// <param name="Generation">The browser generation.</param>
/// <param name="Slot">The slot whose page crashed or exceeded a limit; null if the browser process exited.</param>
/// <param name="Reason">The reason, for the log.</param>
internal sealed record BrowserLoss(int Generation, long? Slot, string Reason);

/// <summary>Memory of a browser process tree, in bytes (PSS where available, otherwise RSS).</summary>
/// <param name="TotalBytes">All processes of the generation.</param>
/// <param name="SlotBytes">Size of the JavaScript heap by slot. Pages that did not answer are missing.</param>
internal sealed record BrowserMemory(long TotalBytes, IReadOnlyDictionary<long, long> SlotBytes);
