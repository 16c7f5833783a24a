using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Mime;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>Client of a fleet's manager. Thread-safe. A call ends at the latest <see cref="AnswerMargin"/> after its deadline. The client repeats no call; the manager retries a
/// render that was lost.</summary>
public sealed class FleetClient
{
    /// <summary>How long after the deadline of a call its answer may arrive: 5 s.</summary>
    public static readonly TimeSpan AnswerMargin = TimeSpan.FromSeconds(5);

    /// <summary>Maximum size of an answer in bytes: 64 MiB.</summary>
    public const int MaxAnswerBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan s_defaultDeadline = TimeSpan.FromMilliseconds(RenderLimits.DefaultDeadlineMs);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <summary>Creates a client.</summary>
    /// <param name="http">Its base address is the manager. Its handler must not follow redirects, which are answers here, and its timeout must be longer than the deadlines. Not disposed.</param>
    /// <param name="time">The clock of the deadlines; the system's by default.</param>
    /// <exception cref="ArgumentException"><paramref name="http"/> has no base address.</exception>
    public FleetClient(HttpClient http, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        _http = http.BaseAddress is null ? throw new ArgumentException("The HttpClient has no BaseAddress: set it to the address of a manager.", nameof(http)) : http;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Renders a URL into one or more formats. A page that failed is a result: see <see cref="RenderResult.Outcome"/>.</summary>
    /// <exception cref="FleetException">No render took place, or the manager did not answer.</exception>
    public async Task<RenderResult> RenderAsync(RenderRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var message = new HttpRequestMessage(HttpMethod.Post, "renders") { Content = JsonContent.Create(request, options: FleetJson.Options) };
        using var response = await SendAsync(message, request.DeadlineMs, cancellationToken).ConfigureAwait(false);
        return await ReadAsync<RenderResult>(response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Renders a URL as the document that a crawler should get, with the page's own status, redirect and headers. Pages that the fleet stores are answered from its store.</summary>
    /// <param name="url">Absolute URL of an allowed origin.</param>
    /// <param name="deadline">How long the render may take, 100 ms to 2 min. Default: 30 s.</param>
    /// <param name="device">The device as which the page is shown, such as <c>mobile</c> (<see cref="PageRequest.Device"/>). Default: the fleet's desktop.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="FleetException">There is no document, or the manager did not answer.</exception>
    public Task<FleetContent> GetDocumentAsync(string url, TimeSpan? deadline = null, string? device = null, CancellationToken cancellationToken = default) =>
        GetAsync(url, "html", deadline, device, cancellationToken);

    /// <summary>Renders a URL as the main content of its document in Markdown, otherwise like <see cref="GetDocumentAsync"/>.</summary>
    /// <param name="url">Absolute URL of an allowed origin.</param>
    /// <param name="deadline">How long the render may take, 100 ms to 2 min. Default: 30 s.</param>
    /// <param name="device">The device as which the page is shown, such as <c>mobile</c> (<see cref="PageRequest.Device"/>). Default: the fleet's desktop.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="FleetException">There is no document, it cannot be converted, or the manager did not answer.</exception>
    public Task<FleetContent> GetMarkdownAsync(string url, TimeSpan? deadline = null, string? device = null, CancellationToken cancellationToken = default) =>
        GetAsync(url, "markdown", deadline, device, cancellationToken);

    private async Task<FleetContent> GetAsync(string url, string format, TimeSpan? deadline, string? device, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(url);
        var deadlineMs = (int)(deadline ?? s_defaultDeadline).TotalMilliseconds;
        var options = (format == "html" ? "" : "&format=" + format) + (device is null ? "" : "&device=" + Uri.EscapeDataString(device));
        using var message = new HttpRequestMessage(HttpMethod.Get, $"render?url={Uri.EscapeDataString(url)}{options}&deadlineMs={deadlineMs.ToString(CultureInfo.InvariantCulture)}");
        using var response = await SendAsync(message, deadlineMs, cancellationToken).ConfigureAwait(false);
        return await ContentAsync(response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a screenshot of a page, or prints it as PDF (<see cref="ScreenshotType.Pdf"/>).</summary>
    /// <exception cref="FleetException">There is no file, or the manager did not answer.</exception>
    public async Task<FleetContent> ScreenshotAsync(ScreenshotRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var message = new HttpRequestMessage(HttpMethod.Post, "screenshots") { Content = JsonContent.Create(request, options: FleetJson.Options) };
        using var response = await SendAsync(message, request.DeadlineMs, cancellationToken).ConfigureAwait(false);
        return await ContentAsync(response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The fleet as the manager sees it.</summary>
    /// <exception cref="FleetException">The manager did not answer.</exception>
    public async Task<FleetStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "fleet");
        using var response = await SendAsync(message, 0, cancellationToken).ConfigureAwait(false);
        return await ReadAsync<FleetStatus>(response, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, int? deadlineMs, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromMilliseconds(deadlineMs ?? RenderLimits.DefaultDeadlineMs) + AnswerMargin;
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            if (response.Content.Headers.ContentType?.MediaType is not MediaTypeNames.Application.ProblemJson)
            {
                return response;
            }

            using (response)
            {
                throw await ProblemAsync(response, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            var waited = e.InnerException is TimeoutException ? _http.Timeout : timeout;
            throw new FleetException("no-answer", $"The manager at {_http.BaseAddress} did not answer within {waited.TotalSeconds:0.#} s.", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new FleetException("too-large", $"The answer of the manager at {_http.BaseAddress} has more than {_http.MaxResponseContentBufferSize} bytes.", e);
        }
        catch (HttpRequestException e)
        {
            throw new FleetException("unreachable", $"The manager at {_http.BaseAddress} cannot be reached: {e.Message}", e);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync<T>(FleetJson.Options, cancellationToken).ConfigureAwait(false) ?? throw new JsonException("The body is null.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or HttpRequestException)
        {
            throw NotAManager(response, e);
        }
    }

    private static async Task<FleetContent> ContentAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        return new FleetContent
        {
            Outcome = OutcomeOf(response) ?? throw NotAManager(response, null),
            Status = (int)response.StatusCode,
            Location = response.Headers.Location,
            MediaType = response.Content.Headers.ContentType?.ToString() ?? "",
            Bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false),
            Headers = FleetContent.PageHeaders(response.Headers),
            Age = response.Headers.Age,
            IsCapped = response.Headers.Contains(FleetHeaders.Stability),
        };
    }

    private static RenderOutcome? OutcomeOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(FleetHeaders.Outcome, out var words) && Enum.TryParse<RenderOutcome>(words.First(), ignoreCase: true, out var outcome) ? outcome : null;

    private static async Task<FleetException> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<Problem>(FleetJson.Options, cancellationToken).ConfigureAwait(false);
            return new FleetException(problem?.Reason ?? "unknown", problem?.Detail ?? $"The manager answered {(int)response.StatusCode}.")
            {
                Status = response.StatusCode,
                RetryAfter = response.Headers.RetryAfter?.Delta,
                Outcome = OutcomeOf(response),
                Diagnostics = problem?.Diagnostics,
            };
        }
        catch (JsonException e)
        {
            return NotAManager(response, e);
        }
    }

    private static FleetException NotAManager(HttpResponseMessage response, Exception? inner) =>
        new("not-a-manager", $"{response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Path)} answered {(int)response.StatusCode} with a body of another kind than a manager of Fleet: check the address.", inner)
        {
            Status = response.StatusCode,
        };

    private sealed record Problem(string? Reason, string? Detail, RenderDiagnostics? Diagnostics);
}
