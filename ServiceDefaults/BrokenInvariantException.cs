namespace Fleet.ServiceDefaults;

/// <summary>The state of a service contradicts itself: a defect. What it would do from now on cannot be trusted, so its process ends.</summary>
public sealed class BrokenInvariantException(string message, Exception inner) : Exception(message, inner);
