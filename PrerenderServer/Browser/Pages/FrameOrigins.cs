using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Records the origins of the documents that a page's frames have shown. They may have session storage, which belongs to the page.</summary>
internal sealed class FrameOrigins
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _origins = [];
    private bool _hasRemoteFrames;

    /// <summary>Subscribes to the events of a page.</summary>
    public void Watch(CdpSession session)
    {
        session.On("Page.frameNavigated", OnNavigated);
        session.On("Page.frameDetached", detached =>
        {
            // The frame continues in another process, whose documents this session does not see.
            if (detached.TryGetProperty("reason", out var reason) && reason.ValueEquals("swap"))
            {
                lock (_gate)
                {
                    _hasRemoteFrames = true;
                }
            }
        });
    }

    /// <summary>The origins since the last call of <see cref="Take"/>, and whether these are all.</summary>
    public (IReadOnlyList<string> Origins, bool AreAll) Known
    {
        get { lock (_gate) { return ([.. _origins], !_hasRemoteFrames); } }
    }

    /// <summary>Returns the origins since the last call, and whether these are all.</summary>
    public (IReadOnlyList<string> Origins, bool AreAll) Take()
    {
        lock (_gate)
        {
            (IReadOnlyList<string> Origins, bool AreAll) taken = ([.. _origins], !_hasRemoteFrames);
            _origins.Clear();
            _hasRemoteFrames = false;
            return taken;
        }
    }

    private void OnNavigated(JsonElement navigated)
    {
        if (navigated.GetProperty("frame").TryGetProperty("securityOrigin", out var text)
            && Uri.TryCreate(text.GetString(), UriKind.Absolute, out var origin) && OriginAllowList.IsHttp(origin))
        {
            lock (_gate)
            {
                _origins.Add(text.GetString()!);
            }
        }
    }
}
