using Fleet.Manager.Rendering;

namespace Fleet.Manager.Endpoints;

/// <summary>Streams content to the caller.</summary>
internal sealed partial class ContentResult(RenderContent content, int status) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (content)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = content.MediaType;
            response.ContentLength = content.Length;
            if (HttpMethods.IsHead(httpContext.Request.Method))
            {
                // The server discards the body of a response to HEAD: do not read one that is still at the prerender server.
                return;
            }

            try
            {
                await content.CopyToAsync(response.Body, httpContext.RequestAborted);
            }
            catch (BrokenBodyException e)
            {
                // Part of the body has been sent. Completing the response normally would present the truncated body as complete.
                LogBroken(httpContext.RequestServices.GetRequiredService<ILogger<ContentResult>>(), e.Message);
                httpContext.Abort();
            }
            catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
            {
                // The caller disconnected.
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Aborted a response after part of it was sent: {Reason}.")]
    private static partial void LogBroken(ILogger logger, string reason);
}
