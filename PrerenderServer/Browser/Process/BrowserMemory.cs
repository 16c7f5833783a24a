namespace Fleet.PrerenderServer.Browser.Process;

/// <summary>Memory of a browser process tree, in bytes (PSS where the system tells it, else RSS).</summary>
/// <param name="TotalBytes">All processes of the generation.</param>
/// <param name="SlotBytes">JavaScript heap and documents by slot, as far as the page told; a page that did not answer is missing.</param>
internal sealed record BrowserMemory(long TotalBytes, IReadOnlyDictionary<long, long> SlotBytes);
