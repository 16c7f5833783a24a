namespace Fleet.RealmServer.Rendering;

/// <summary>The manager refuses this one render; a repeat will not help.</summary>
internal sealed class RenderRefusedException(string message) : Exception(message);
