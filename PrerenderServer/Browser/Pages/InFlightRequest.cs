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
    private const int MaxTextLength = 500;

    public string Method => Sent.Method;

    public string Url => Sent.Url;

    public static InFlightRequest OfSocket(string url, long now) => new(new("GET", Shorten(url), ""), "", true, now, null, IsOfMessages: true);

    public static InFlightRequest Of(JsonElement sent, long now)
    {
        var request = sent.GetProperty("request");
        var type = sent.TryGetProperty("type", out var known) ? known.GetString()! : "";
        // Without a loader, it is the script of a worker: the end of this request is reported to the worker's session, if at all.
        var loader = sent.TryGetProperty("loaderId", out var id) ? id.GetString()! : "";
        var isWorkerScript = loader.Length == 0 && type == "Script";
        return new(new(request.GetProperty("method").GetString()!, Shorten(request.GetProperty("url").GetString()!), request.TryGetProperty("postData", out var body) ? Shorten(body.GetString()!) : ""),
            loader, !isWorkerScript && type is not ("WebSocket" or "Ping" or "Media" or "Prefetch" or "CSPViolationReport"), now, null, type == "EventSource", loader.Length > 0 && sent.GetProperty("requestId").ValueEquals(loader));
    }

    /// <summary>Replaces the rest of a long text with its digest, so that texts that differ stay different.</summary>
    private static string Shorten(string text) => text.Length <= 2 * MaxTextLength ? text
        : $"{text[..MaxTextLength]}…{Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())))}";

    public readonly partial record struct Content(string Method, string Url, string Body)
    {
        /// <summary>The same for requests that differ in numbers, dates and ids only: in words with a digit.</summary>
        public string Shape => $"{Method} {WordsWithDigits().Replace(Url, "0")} {WordsWithDigits().Replace(Body, "0")}";

        [GeneratedRegex(@"[\w.:-]*\d[\w.:-]*")]
        private static partial Regex WordsWithDigits();
    }
}
