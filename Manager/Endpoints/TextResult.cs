using System.Globalization;
using System.Text;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Markdown;

namespace Fleet.Manager.Endpoints;

/// <summary>How the document of a page is returned.</summary>
internal enum DocumentFormat
{
    /// <summary>As HTML.</summary>
    Html,

    /// <summary>Its main content as Markdown.</summary>
    Markdown,

    /// <summary>Its main content as plain text.</summary>
    Text,
}

/// <summary>Returns a document as Markdown or plain text.</summary>
/// <param name="content">The document.</param>
/// <param name="status">HTTP status of the page.</param>
/// <param name="format">Markdown or text.</param>
/// <param name="url">URL of the page, which relative links refer to.</param>
internal sealed class TextResult(RenderContent content, int status, DocumentFormat format, string url) : IResult
{
    // Longer documents are not converted; a character has at most four bytes.
    private const long MaxBytes = 4L * MarkdownConverter.MaxChars;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        string? html = null;
        using (content)
        {
            if (content.Result is { } result)
            {
                html = result.Formats[RenderFormat.Html];
            }
            else if (content.Length is null or <= MaxBytes)
            {
                try
                {
                    using var body = new MemoryStream();
                    await content.CopyToAsync(body, httpContext.RequestAborted);
                    html = Encoding.UTF8.GetString(body.GetBuffer().AsSpan(0, (int)body.Length));
                }
                catch (BrokenBodyException e)
                {
                    await new RenderError(502, "no-document", $"The document was not received completely: {e.Message}.").ToProblem(httpContext.Response).ExecuteAsync(httpContext);
                    return;
                }
            }
        }

        var converted = html is null ? null : format == DocumentFormat.Text ? MarkdownConverter.ToText(html, url) : MarkdownConverter.Convert(html, url);
        if (converted is null)
        {
            await new RenderError(406, "no-markdown",
                $"The page is too large or nested too deeply to be converted: at most {MarkdownConverter.MaxChars} characters and {MarkdownConverter.MaxDepth} levels. Ask for 'format' html.")
                .ToProblem(httpContext.Response).ExecuteAsync(httpContext);
            return;
        }

        var text = Encoding.UTF8.GetBytes(converted.Text);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = (format == DocumentFormat.Text ? "text/plain" : MarkdownDocument.MediaType) + "; charset=utf-8";
        response.ContentLength = text.Length;
        response.Headers[FleetHeaders.MarkdownTokens] = MarkdownDocument.EstimateTokens(text.Length).ToString(CultureInfo.InvariantCulture);
        if (response.Headers.Link.Count == 0)
        {
            response.Headers.Link = $"<{converted.Canonical ?? ExactUrl.Of(OriginAllowList.WithAsciiHost(new Uri(url)))}>; rel=\"canonical\"";
        }

        await response.Body.WriteAsync(text, httpContext.RequestAborted);
    }
}
