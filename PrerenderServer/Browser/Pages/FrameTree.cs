using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>The frames of a page and the origins of their documents. Decides which requests may carry the credentials of a render. Only the receive loop uses it.</summary>
/// <param name="main">Id of the main frame.</param>
internal sealed class FrameTree(string main)
{
    private readonly Dictionary<string, Frame> _frames = [];

    /// <summary>Subscribes to the events of a page.</summary>
    public void Watch(CdpSession session)
    {
        session.On("Page.frameAttached", attached => Attach(attached.GetProperty("frameId").GetString()!, attached.GetProperty("parentFrameId").GetString()!));
        session.On("Page.frameStartedNavigating", started => Leave(started.GetProperty("frameId").GetString()!));
        session.On("Page.frameNavigated", navigated => OnNavigated(navigated.GetProperty("frame")));
        session.On("Page.frameDetached", detached => _frames.Remove(detached.GetProperty("frameId").GetString()!));
    }

    /// <summary>Whether a request of this frame to the origin of the credentials may carry them: the frame is the main frame, or it and all frames around it show documents
    /// of that origin. The document of a frame is requested by the frame around it, or by the document that it replaces. An unknown frame may not.</summary>
    /// <param name="frame">Id of the frame that sends the request.</param>
    /// <param name="isDocument">Whether the request is for the document of the frame.</param>
    /// <param name="origin">The origin of the credentials.</param>
    public bool MayCarryCredentials(string frame, bool isDocument, string origin)
    {
        if (frame == main)
        {
            return true;
        }

        if (!_frames.TryGetValue(frame, out var current) || (isDocument ? current.Origin is not null && current.Origin != origin : current.IsNavigating || current.Origin != origin))
        {
            return false;
        }

        while (current.Parent is { } parent)
        {
            if (!_frames.TryGetValue(parent, out current) || current.Origin != origin)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds a frame whose first document is still empty.</summary>
    internal void Attach(string frame, string parent) => _frames[frame] = new(parent, null, false);

    /// <summary>Records that another document is about to replace the frame's, whose origin is not known before it has.</summary>
    internal void Leave(string frame)
    {
        if (_frames.TryGetValue(frame, out var current))
        {
            _frames[frame] = current with { IsNavigating = true };
        }
    }

    /// <summary>Records the document of a frame.</summary>
    internal void Show(string frame, string? parent, string origin) => _frames[frame] = new(parent, origin, false);

    private void OnNavigated(JsonElement frame)
    {
        var origin = frame.TryGetProperty("securityOrigin", out var text) && Uri.TryCreate(text.GetString(), UriKind.Absolute, out var uri) && OriginAllowList.IsHttp(uri)
            ? OriginAllowList.OriginOf(uri) : "";
        Show(frame.GetProperty("id").GetString()!, frame.TryGetProperty("parentId", out var parent) ? parent.GetString() : null, origin);
    }

    private readonly record struct Frame(string? Parent, string? Origin, bool IsNavigating);
}
