namespace Fleet.RealmServer.Rendering;

/// <summary>How urgent a render is, as the fleet's priority.</summary>
internal enum RenderUrgency
{
    /// <summary>Ahead of anybody who asks.</summary>
    Index = 0,

    /// <summary>Somebody got the shell or an older page; the next one shall have it.</summary>
    Visited = 5,

    /// <summary>A crawler waits.</summary>
    Awaited = 10,
}
