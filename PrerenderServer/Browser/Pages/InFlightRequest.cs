using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>A request, web socket or event stream of a page that has not ended.</summary>
/// <param name="Sent">What was sent.</param>
/// <param name="Loader">The loader of the document that sent it; empty for the script of a worker and for web sockets.</param>
/// <param name="IsAwaited">Whether the page is not quiet before it has ended.</param>
/// <param name="SentAt">Time stamp of the request.</param>
/// <param name="RespondedAt">Time stamp of the response; null before it.</param>
/// <param name="IsOfMessages">Whether it is a web socket or an event stream.</param>
/// <param name="IsDocument">Whether it is the request of the document that <paramref name="Loader"/> loads.</param>
/// <param name="IsPoll">Whether it is one of a <see cref="RequestSeries"/> that polls.</param>
internal readonly partial record struct InFlightRequest(
    InFlightRequest.Content Sent, string Loader, bool IsAwaited, long SentAt, long? RespondedAt, bool IsOfMessages, bool IsDocument = false, bool IsPoll = false)
{
    /// <summary>Longest body of which the browser reports the content, in bytes. A message of the browser has the body twice, and one of more than 64 KB is dropped.</summary>
    public const int MaxBodyBytes = 8 * 1024;

    private const int MaxTextLength = 500;

    /// <summary>Chromium's type of the resource, such as <c>Fetch</c>; empty if it is not known.</summary>
    public string Type { get; init; } = "";

    /// <summary>Whether it is a request to the origin of the document, or the script, that sent it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Whether the response is data of a kind that ends, such as JSON, and none that may go on for ever.</summary>
    public bool IsFinite { get; init; }

    public string Method => Sent.Method;

    public string Url => Sent.Url;

    public static InFlightRequest OfSocket(string url, long now) => new(new("GET", Shorten(url), "", ""), "", true, now, null, IsOfMessages: true);

    public static InFlightRequest Of(JsonElement sent, long now)
    {
        var request = sent.GetProperty("request");
        var type = sent.TryGetProperty("type", out var known) ? known.GetString()! : "";
        // Without a loader, it is the script of a worker: the end of this request is reported to the worker's session, if at all.
        var loader = sent.TryGetProperty("loaderId", out var id) ? id.GetString()! : "";
        var isWorkerScript = loader.Length == 0 && type == "Script";
        var url = request.GetProperty("url").GetString()!;
        return new(
            new(request.GetProperty("method").GetString()!, Shorten(url), BodyOf(request), Shorten(request.GetProperty("headers").GetRawText())),
            loader, !isWorkerScript && type is not ("WebSocket" or "Ping" or "Media" or "Prefetch" or "CSPViolationReport"), now, null, type == "EventSource", loader.Length > 0 && sent.GetProperty("requestId").ValueEquals(loader))
        {
            Type = type,
            IsOwn = sent.TryGetProperty("documentURL", out var document) && Uri.TryCreate(document.GetString(), UriKind.Absolute, out var page) && Uri.TryCreate(url, UriKind.Absolute, out var target)
                && page.GetLeftPart(UriPartial.Authority) == target.GetLeftPart(UriPartial.Authority),
        };
    }

    /// <summary>The body of a request; of one that is long, or a blob, something that no other request has.</summary>
    private static string BodyOf(JsonElement request) => request.TryGetProperty("postData", out var body) ? Shorten(body.GetString()!)
        : request.TryGetProperty("hasPostData", out var has) && has.GetBoolean() ? Guid.NewGuid().ToString("N") : "";

    /// <summary>Replaces the rest of a long text with its digest, so that texts that differ stay different.</summary>
    private static string Shorten(string text) => text.Length <= 2 * MaxTextLength ? text
        : $"{text[..MaxTextLength]}…{Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())))}";

    /// <summary>What was sent. Two requests with the same content get the same answer, unless the server has changed meanwhile.</summary>
    /// <param name="Method">The method.</param>
    /// <param name="Url">The URL.</param>
    /// <param name="Body">The body.</param>
    /// <param name="Headers">The headers that the page set, among others: a token, or the range of a page of results.</param>
    public readonly partial record struct Content(string Method, string Url, string Body, string Headers)
    {
        /// <summary>Whether it changes nothing on the server, so that its answer is that of the time before.</summary>
        public bool IsSafe => Method is "GET" or "HEAD" or "OPTIONS";

        /// <summary>The same for requests that differ in numbers, dates and ids only: in words with a digit.</summary>
        public string Shape => $"{Method} {WordsWithDigits().Replace(Url, "0")} {WordsWithDigits().Replace(Body, "0")}";

        [GeneratedRegex(@"[\w.:-]*\d[\w.:-]*")]
        private static partial Regex WordsWithDigits();
    }
}
