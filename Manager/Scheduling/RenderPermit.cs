using Fleet.Manager.Rendering;

namespace Fleet.Manager.Scheduling;

/// <summary>A permit to render, or the error that states why there is none. Disposing it returns the permit.</summary>
internal sealed class RenderPermit(Action? release) : IDisposable
{
    private Action? _release = release;

    /// <summary>A permit of a stage that does not limit this render.</summary>
    public static RenderPermit Free { get; } = new(null);

    /// <summary>The error; null when the permit was granted.</summary>
    public RenderError? Error { get; private init; }

    public static RenderPermit Refused(RenderError error) => new(null) { Error = error };

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
