using System.Globalization;
using Fleet.Contracts;
using Fleet.RealmServer.Caching;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.Site.Markdown;
using Fleet.ServiceDefaults.Markdown;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site;

/// <summary>Writes a page to the response.</summary>
internal static class PageResponse
{
    /// <summary>The request headers that a response depends on: crawlers and visitors may get different ones.</summary>
    public const string Vary = "Accept, Accept-Encoding, User-Agent, " + KnownCrawlers.Header;

    /// <summary>Caches must revalidate every time, at the cost of a 304: a page must not outlive its shell or its content.</summary>
    public const string Revalidate = "no-cache";

    private static readonly Dictionary<string, string> s_none = [];

    /// <summary>Writes a page.</summary>
    /// <param name="http">The request.</param>
    /// <param name="page">The page.</param>
    /// <param name="markdown">The page as Markdown, to send that instead of HTML; null for HTML.</param>
    public static Task WriteAsync(HttpContext http, ServedPage page, MarkdownPage? markdown = null)
    {
        var (request, response) = (http.Request, http.Response);
        var headers = response.Headers;
        var form = (markdown?.Body ?? page.Body).In(ContentCodings.For(request.Headers.AcceptEncoding));
        SetHeaders(headers, page, markdown);

        // No tag on a "not found": it would match the bare shell that is sent once the card exists, and the client would get a 304.
        if (page is { Status: StatusCodes.Status200OK, IsTransient: false })
        {
            headers.ETag = form.ETag;
            if (IfNoneMatch.Holds(request.Headers.IfNoneMatch, form.ETag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
        }

        response.StatusCode = page.Status;
        if (page.Location is { } location)
        {
            headers.Location = location;
            return Task.CompletedTask;
        }

        response.ContentType = markdown is null ? "text/html; charset=utf-8" : MarkdownDocument.MediaType + "; charset=utf-8";
        response.ContentLength = form.Bytes.Length;
        if (form.Coding is { } coding)
        {
            headers[HeaderNames.ContentEncoding] = coding;
        }

        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.BodyWriter.WriteAsync(form.Bytes, http.RequestAborted).AsTask();
    }

    /// <summary>Sets the headers that any response with the page has, a 304 included.</summary>
    private static void SetHeaders(IHeaderDictionary headers, ServedPage page, MarkdownPage? markdown)
    {
        headers[FleetHeaders.HostShell] = page.ShellToken;
        headers.Vary = headers.Vary.Count == 0 ? Vary : $"{headers.Vary}, {Vary}";
        // For a private realm the header is already set.
        headers.CacheControl = page.IsTransient ? "no-store" : headers.CacheControl.Count > 0 ? headers.CacheControl : Revalidate;
        foreach (var (name, value) in page.Headers ?? s_none)
        {
            headers[name] = value;
        }

        if (markdown is not null)
        {
            headers[FleetHeaders.MarkdownTokens] = markdown.Tokens.ToString(CultureInfo.InvariantCulture);
        }

        // A canonical link of the page's own headers counts, and one in its document is not part of the Markdown.
        if ((markdown?.Link ?? page.Link) is { } link && !headers.Link.ToString().Contains("canonical", StringComparison.OrdinalIgnoreCase))
        {
            headers.Append(HeaderNames.Link, link);
        }

        if (page.Unavailability is { } why)
        {
            headers.RetryAfter = why.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        if (page.IsCapped)
        {
            headers[FleetHeaders.Stability] = RenderStability.Capped;
        }
    }
}
