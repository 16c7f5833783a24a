using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Detects when the main frame's document requests another one. The request is enough: the target may be a download, unreachable, or empty.</summary>
internal sealed class PageDepartures
{
    /// <summary>Name of the binding through which <c>capture.js</c> reports what the document declares when it is about to leave.</summary>
    public const string Binding = "__fleetLeaving";

    /// <summary>After this many further documents, the page is in a loop.</summary>
    private const int MaxFollowed = 10;

    /// <summary>After this many navigations to the same URL, the page is in a loop. One return is normal: a page that sets a cookie redirects back.</summary>
    private const int MaxReturns = 3;
    private const int MaxNamed = 3;

    private readonly Lock _gate = new();
    private Departure? _current;
    private string? _frame;

    /// <summary>Completes when the document leaves for a URL that is not followed, or when the page is in a loop; never after <see cref="End"/>.</summary>
    public Task<PageDeparture> First { get; private set; } = new TaskCompletionSource<PageDeparture>().Task;

    /// <summary>Subscribes to the events of a page.</summary>
    /// <param name="session">The page's session.</param>
    /// <param name="frame">Id of its main frame.</param>
    public void Watch(CdpSession session, string frame)
    {
        _frame = frame;
        session.On("Runtime.bindingCalled", OnBinding);
        session.On("Page.frameRequestedNavigation", OnRequested);
    }

    /// <summary>Starts watching a document.</summary>
    /// <param name="url">Its URL.</param>
    /// <param name="follows">Whether the page may move on to this URL. It is then followed, and not reported.</param>
    public void Begin(Uri url, Func<Uri, bool> follows)
    {
        lock (_gate)
        {
            _current = new(url, follows);
            First = _current.Left.Task;
        }
    }

    /// <summary>Stops watching.</summary>
    public void End()
    {
        lock (_gate)
        {
            _current = null;
        }
    }

    private void OnBinding(JsonElement called)
    {
        if (!called.GetProperty("name").ValueEquals(Binding))
        {
            return;
        }

        lock (_gate)
        {
            _current?.Declared = called.GetProperty("payload").GetString();
        }
    }

    private void OnRequested(JsonElement requested)
    {
        // The body of a form cannot be redirected, and a reload leads to the same document.
        if (!requested.GetProperty("frameId").ValueEquals(_frame) || !requested.GetProperty("disposition").ValueEquals("currentTab")
            || requested.GetProperty("reason").GetString() is "formSubmissionPost" or "reload"
            || !Uri.TryCreate(requested.GetProperty("url").GetString(), UriKind.Absolute, out var url) || !OriginAllowList.IsHttp(url))
        {
            return;
        }

        lock (_gate)
        {
            if (_current is not { } current)
            {
                return;
            }

            if (current.Follows(url))
            {
                var address = WithoutFragment(url);
                current.Followed.Add(address);
                if (current.Followed.Count >= MaxFollowed || current.Followed.Count(followed => followed == address) >= MaxReturns)
                {
                    current.Left.TrySetResult(new(url, null, []) { LoopUrls = [.. current.Followed.TakeLast(MaxNamed + 1).Distinct().Take(MaxNamed)] });
                }
            }
            else if (WithoutFragment(url) != WithoutFragment(current.Url))
            {
                var (status, headers) = Read(current.Declared);
                current.Left.TrySetResult(new(url, status, headers));
            }
        }
    }

    private static string WithoutFragment(Uri url) => ExactUrl.WithoutFragment(url.AbsoluteUri);

    private static (string? Status, IReadOnlyList<string> Headers) Read(string? declared)
    {
        try
        {
            string?[] values = JsonSerializer.Deserialize<string?[]>(PageJson.Mend(declared ?? "[]")) ?? [];
            return values.Length == 0 ? (null, []) : (values[0], [.. values.Skip(1).OfType<string>()]);
        }
        catch (Exception e) when (PageJson.IsUnreadable(e))
        {
            // The page called the binding itself.
            return (null, []);
        }
    }

    private sealed class Departure(Uri url, Func<Uri, bool> follows)
    {
        public Uri Url => url;

        public Func<Uri, bool> Follows => follows;

        public string? Declared { get; set; }

        public List<string> Followed { get; } = [];

        public TaskCompletionSource<PageDeparture> Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
