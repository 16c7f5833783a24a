using Fleet.Manager.Rendering;

namespace Fleet.Manager.Endpoints;

/// <summary>Passes content on to the caller as it comes.</summary>
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
            try
            {
                await content.CopyToAsync(response.Body, httpContext.RequestAborted);
            }
            catch (BrokenBodyException e)
            {
                // Part of it has gone out. Ending here in an orderly way would pass half a page off as a whole one.
                LogBroken(httpContext.RequestServices.GetRequiredService<ILogger<ContentResult>>(), e.Message);
                httpContext.Abort();
            }
            catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
            {
                // The caller has gone.
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Broke off an answer of which part was passed on already: {Reason}.")]
    private static partial void LogBroken(ILogger logger, string reason);
}
