namespace Fleet.Registry;

/// <summary>Redis did not answer in time, cannot be reached, or rejected the call. Callers continue with the last good value.</summary>
public sealed class RegistryUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
