namespace Fleet.RealmServer.Rendering;

/// <summary>The manager cannot be reached, or cannot take work for long. It says nothing about the card: wait, then go on.</summary>
internal sealed class ManagerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
