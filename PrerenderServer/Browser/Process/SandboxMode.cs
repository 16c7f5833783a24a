namespace Fleet.PrerenderServer.Browser.Process;

/// <summary>Whether Chromium runs its renderers in its sandbox.</summary>
public enum SandboxMode
{
    /// <summary>On, unless this service runs as root on Linux, where Chromium refuses to start with it.</summary>
    Auto,

    /// <summary>On; as root Chromium will not start.</summary>
    On,

    /// <summary>Off: only for content that is trusted.</summary>
    Off,
}
