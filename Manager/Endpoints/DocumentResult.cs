using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Endpoints;

/// <summary>Returns a render as the document or the screenshot that it produced.</summary>
internal static class DocumentResult
{
    /// <summary>The response to a render.</summary>
    /// <param name="answer">The answer of the render.</param>
    /// <param name="response">Receives the headers.</param>
    /// <param name="isSandboxed">Whether the document is for this manager's origin, where its scripts must not run. False for a document that a proxy serves as the site's own.</param>
    /// <param name="mayBeEmpty">Whether a document with status 200 that shows nothing is returned, instead of an error.</param>
    /// <param name="convert">Converts the document, given its status; null to return it as it is.</param>
    public static IResult From(RenderAnswer answer, HttpResponse response, bool isSandboxed = true, bool mayBeEmpty = false, Func<RenderContent, int, IResult>? convert = null)
    {
        if (answer.IsError)
        {
            return answer.RenderError.ToProblem(response);
        }

        var content = answer.Content;
        content.Summary.WriteOutcome(response.Headers);
        response.Headers[FleetHeaders.Source] = content.Age is null ? "rendered" : "stored";
        if (content.Age is { } age)
        {
            response.Headers.Age = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (!mayBeEmpty && content.IsEmptyPage())
        {
            content.Dispose();
            return RenderError.EmptyPage.ToProblem(response);
        }

        foreach (var (name, value) in content.Summary.PageHeaders ?? new Dictionary<string, string>())
        {
            response.Headers[name] = value;
        }

        return Show(content, response, isSandboxed, convert) ?? Explain(content).ToProblem(response);
    }

    /// <summary>The document, the screenshot or the redirect; null when the render produced none.</summary>
    private static IResult? Show(RenderContent content, HttpResponse response, bool isSandboxed, Func<RenderContent, int, IResult>? convert)
    {
        // An error page of the content (a 404, for example) is returned as it is; a failure without a status has no document.
        var isDocument = content.Summary.Outcome == RenderOutcome.Rendered || (content.Summary.Outcome == RenderOutcome.Failed && content.Summary.Status is >= 400 and <= 599);
        if (!isDocument)
        {
            content.Dispose();
            return null;
        }

        if (content.Summary.Status is 301 or 302 or 303 or 307 or 308 && Uri.TryCreate(content.Summary.Location, UriKind.Absolute, out var location))
        {
            content.Dispose();
            response.Headers.Location = ExactUrl.Of(location);
            return TypedResults.StatusCode(content.Summary.Status);
        }

        var status = content.Summary.Status is >= 200 and <= 599 ? content.Summary.Status : 200;
        if (content.Result is { } result)
        {
            return result.Formats.TryGetValue(RenderFormat.Html, out var html) ? convert?.Invoke(content, status) ?? Document(TypedResults.Content(html, "text/html; charset=utf-8", statusCode: status)) : null;
        }

        var file = new ContentResult(content, status);
        return content.MediaType.StartsWith(MediaTypeNames.Text.Html, StringComparison.Ordinal) ? convert?.Invoke(content, status) ?? Document(file) : file;

        IResult Document(IResult document)
        {
            if (isSandboxed)
            {
                // Foreign content is served from this manager's origin: its scripts must not run with that origin's rights.
                response.Headers.ContentSecurityPolicy = "sandbox";
            }

            return document;
        }
    }

    private static RenderError Explain(RenderContent content)
    {
        var (status, reason) = content.Summary.Outcome switch
        {
            RenderOutcome.TimedOut => (504, "timed-out"),
            RenderOutcome.Unauthorized => (403, "unauthorized"),
            RenderOutcome.NoVerdict => (503, "no-verdict"),
            RenderOutcome.Unusable => (502, "unusable"),
            RenderOutcome.NotAPage => (502, "not-a-page"),
            RenderOutcome.Failed => (502, "failed"),
            _ => (502, "no-document"),
        };
        var diagnostics = content.Result?.Diagnostics;
        return new RenderError(status, reason, $"The render produced no document ({Word(content.Summary.Outcome)}): {diagnostics?.Message ?? "The server gave no reason."}")
        {
            RetryAfter = content.Summary.Outcome == RenderOutcome.NoVerdict ? TimeSpan.FromSeconds(1) : null,
            Members = new Dictionary<string, object?> { ["outcome"] = Word(content.Summary.Outcome), ["diagnostics"] = diagnostics },
        };
    }

    private static string Word(RenderOutcome outcome) => JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString());
}
