namespace Fleet.ServiceDefaults;

/// <summary>A service cannot start. The message is for operators: it names the setting, the value and the remedy.</summary>
public sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
