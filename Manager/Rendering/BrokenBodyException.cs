namespace Fleet.Manager.Rendering;

/// <summary>The rest of an answer does not come, after its beginning was passed on. All that can be done is to break off as well.</summary>
internal sealed class BrokenBodyException(string message) : Exception(message);
