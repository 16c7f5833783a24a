namespace Fleet.ServiceDefaults;

/// <summary>A service cannot start. The message is for people: it names the setting, the value and what to do.</summary>
public sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
