namespace Fleet.Standalone.CommandLine;

/// <summary>An option has a wrong value. The message is one sentence for people: option, value, remedy.</summary>
internal sealed class UsageException(string message) : Exception(message);
