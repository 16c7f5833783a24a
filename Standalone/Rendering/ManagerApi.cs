using System.Net.Http.Json;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults;

namespace Fleet.Standalone.Rendering;

/// <summary>Client of the manager's render routes.</summary>
internal sealed class ManagerApi(HttpClient client)
{
    private static readonly JsonSerializerOptions s_indented = new(FleetJson.Options) { WriteIndented = true };

    /// <summary>Renders a page as HTML.</summary>
    /// <param name="request">The page.</param>
    /// <param name="asJson">Whether the content is the whole result instead of the document.</param>
    /// <param name="cancellationToken">Stops the render.</param>
    public async Task<PageAnswer> RenderAsync(RenderRequest request, bool asJson, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync("renders", request, FleetJson.Options, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return await ReadProblemAsync(response, cancellationToken);
        }

        var result = (await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, cancellationToken))!;
        return new()
        {
            Content = asJson ? [.. JsonSerializer.SerializeToUtf8Bytes(result, s_indented), (byte)'\n']
                : result.Formats.TryGetValue(RenderFormat.Html, out var html) ? Encoding.UTF8.GetBytes(html) : null,
            IsResult = asJson,
            Outcome = result.Outcome,
            Status = result.Status,
            RedirectUrl = result.Status is >= 300 and < 400 ? result.RedirectUrl : null,
            Diagnostics = result.Diagnostics,
        };
    }

    /// <summary>Takes a screenshot of a page, or prints it as PDF.</summary>
    /// <param name="request">The page.</param>
    /// <param name="cancellationToken">Stops the render.</param>
    public async Task<PageAnswer> TakeAsync(ScreenshotRequest request, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync("screenshots", request, FleetJson.Options, cancellationToken);
        if (response.Content.Headers.ContentType?.MediaType is MediaTypeNames.Application.ProblemJson)
        {
            return await ReadProblemAsync(response, cancellationToken);
        }

        var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var status = (int)response.StatusCode;
        return new()
        {
            Content = content.Length == 0 ? null : content,
            Outcome = Outcome(response),
            Status = status,
            RedirectUrl = status is >= 300 and < 400 && response.Headers.Location is { } location ? ExactUrl.Of(location) : null,
        };
    }

    private static RenderOutcome? Outcome(HttpResponseMessage response) =>
        response.Headers.TryGetValues(FleetHeaders.Outcome, out var values) && Enum.TryParse<RenderOutcome>(values.First(), ignoreCase: true, out var outcome) ? outcome : null;

    private static async Task<PageAnswer> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var problem = await response.Content.ReadFromJsonAsync<Problem>(FleetJson.Options, cancellationToken);
        return new() { Outcome = Outcome(response), Diagnostics = problem?.Diagnostics, Problem = problem?.Detail ?? $"the manager answered {(int)response.StatusCode}." };
    }

    private sealed record Problem(string? Detail, RenderDiagnostics? Diagnostics);
}
