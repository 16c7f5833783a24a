using System.Globalization;
using Fleet.Client;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Fleet.AspNetCore;

/// <summary>Answers crawlers with the page that the fleet renders, and passes on all other requests.</summary>
internal sealed partial class PrerenderMiddleware(RequestDelegate next, FleetClient fleet, PrerenderOptions options, ILogger<PrerenderMiddleware> logger)
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(30);

    private static readonly object s_seen = new();

    private readonly CrawlerRequests _requests = new(options);

    public async Task InvokeAsync(HttpContext http)
    {
        // The app may run its middleware once more, for the page that it shows instead of an error without a body: it is the app's.
        if (!_requests.IsForPage(http.Request) || !http.Items.TryAdd(s_seen, true))
        {
            await next(http);
            return;
        }

        // Also for visitors: a cache must not give the page of a crawler to a visitor, nor the reverse.
        http.Response.OnStarting(static state =>
        {
            ((HttpResponse)state).Headers.Append(HeaderNames.Vary, $"Accept, User-Agent, {KnownCrawlers.Header}, Sec-Fetch-Dest");
            return Task.CompletedTask;
        }, http.Response);

        if (!_requests.IsCrawler(http.Request))
        {
            await next(http);
            return;
        }

        var url = UrlOf(http);
        if (url.Length > RenderLimits.MaxUrlLength)
        {
            // It will never be rendered: with a 503 the crawler would keep coming back.
            http.Response.StatusCode = StatusCodes.Status414UriTooLong;
            http.Response.Headers.CacheControl = "no-store";
            return;
        }

        var device = options.HasMobileRendition ? RenditionRules.DeviceOf(RenditionRules.For(http.Request.Headers.UserAgent)) : null;
        try
        {
            await WriteAsync(http, CrawlerRequests.WantsMarkdown(http.Request)
                ? await fleet.GetMarkdownAsync(url, options.Timeout, device, http.RequestAborted)
                : await fleet.GetDocumentAsync(url, options.Timeout, device, http.RequestAborted));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The crawler has disconnected.
        }
        catch (FleetException e) when (e.Outcome == RenderOutcome.Unauthorized)
        {
            // A verdict: with a 503 the crawler would keep coming back.
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            http.Response.Headers.CacheControl = "no-store";
        }
        catch (FleetException e) when (e.Outcome == RenderOutcome.NotAPage)
        {
            // A download, a feed, or data: the app has it as it is.
            await next(http);
        }
        catch (FleetException e)
        {
            LogFailed(url, e.Reason, e.Message);
            if (options.OnFailure == PrerenderFailure.ServeApp)
            {
                await next(http);
                return;
            }

            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = ((long)Math.Ceiling((e.RetryAfter ?? s_retryAfter).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            http.Response.Headers.CacheControl = "no-store";
        }
    }

    private static async Task WriteAsync(HttpContext http, FleetContent page)
    {
        var response = http.Response;
        response.StatusCode = page.Status;
        foreach (var (name, value) in page.Headers)
        {
            response.Headers[name] = value;
        }

        if (page.Location is { } location)
        {
            response.Headers.Location = location.OriginalString;
        }

        if (page.MediaType.Length > 0)
        {
            response.ContentType = page.MediaType;
            response.ContentLength = page.Bytes.Length;
        }

        if (!HttpMethods.IsHead(http.Request.Method) && page.Bytes.Length > 0)
        {
            await response.Body.WriteAsync(page.Bytes, http.RequestAborted);
        }
    }

    private string UrlOf(HttpContext http)
    {
        var origin = options.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"{http.Request.Scheme}://{http.Request.Host}";
        return origin + RequestAddress.TargetOf(http.Features.Get<IHttpRequestFeature>()?.RawTarget, http.Request.PathBase, http.Request.Path, http.Request.QueryString);
    }

    [LoggerMessage(LogLevel.Warning, "{Url} was not prerendered for a crawler ({Reason}): {Detail}")]
    private partial void LogFailed(string url, string reason, string detail);
}
