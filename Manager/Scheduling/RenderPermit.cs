using Fleet.Manager.Rendering;

namespace Fleet.Manager.Scheduling;

/// <summary>A place among the renders under way, or the error that says why there is none. Disposing of it gives the place back.</summary>
internal sealed class RenderPermit(Action? release) : IDisposable
{
    private Action? _release = release;

    /// <summary>A permit of a stage that does not limit this render.</summary>
    public static RenderPermit Free { get; } = new(null);

    /// <summary>Why there is no place; null when there is one.</summary>
    public RenderError? Error { get; private init; }

    public static RenderPermit Refused(RenderError error) => new(null) { Error = error };

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
