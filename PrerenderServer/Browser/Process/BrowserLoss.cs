namespace Fleet.PrerenderServer.Browser.Process;

/// <summary>Something in the browser is gone.</summary>
/// <param name="Generation">The browser process.</param>
/// <param name="Slot">The slot whose renderer crashed; null when the whole process is gone.</param>
/// <param name="Reason">For the log.</param>
internal sealed record BrowserLoss(int Generation, long? Slot, string Reason);
