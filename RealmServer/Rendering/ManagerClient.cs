using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Security;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Rendering;

/// <summary>Client of the manager's render API.</summary>
internal sealed class ManagerClient(HttpClient http, InternalAddresses addresses, TimeProvider timeProvider)
{
    /// <summary>Maximum size of a response in bytes: 32 MiB.</summary>
    public const int MaxAnswerBytes = 32 * 1024 * 1024;

    /// <summary>Added to the render's deadline to get the HTTP timeout: 5 s. The caller's timeout must be the last one.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Whether the address of a manager is configured.</summary>
    public bool IsConfigured => http.BaseAddress is not null;

    /// <summary>Checks that the manager is ready.</summary>
    /// <exception cref="ManagerUnavailableException">The manager is not ready or cannot be reached.</exception>
    public async Task EnsureReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(new(HttpMethod.Get, "health"), s_probeTimeout, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new ManagerUnavailableException(addresses.Hide($"The manager at {http.BaseAddress} is not ready: /health answers {(int)response.StatusCode}."));
            }
        }
        catch (HttpRequestException e)
        {
            throw new ManagerUnavailableException(addresses.Hide($"The manager at {http.BaseAddress} cannot be reached: {e.Message}"), e);
        }
    }

    /// <summary>Renders a page.</summary>
    /// <param name="request">The render to submit.</param>
    /// <param name="id">Id of the render in the logs of all services.</param>
    /// <param name="deadline">Deadline of the render, including all submissions.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ManagerUnavailableException">The manager is unreachable or busy, and probably stays so until the deadline.</exception>
    /// <exception cref="RenderRefusedException">The manager rejects this render, at least for a while.</exception>
    public async Task<RenderResult> RenderAsync(RenderRequest request, string id, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var response = await SubmitAsync(leftMs => Post(request with { DeadlineMs = leftMs }, id), deadline, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Takes a screenshot.</summary>
    /// <param name="request">The screenshot to take.</param>
    /// <param name="deadline">Deadline of the screenshot, including all submissions.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ManagerUnavailableException">The manager is unreachable or busy, and probably stays so until the deadline.</exception>
    /// <exception cref="RenderRefusedException">There is no screenshot; the message says why.</exception>
    public async Task<CapturedScreenshot> ScreenshotAsync(ScreenshotRequest request, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var response = await SubmitAsync(
            leftMs => new(HttpMethod.Get, "screenshot" + ScreenshotQuery.Of(request with { DeadlineMs = leftMs })), deadline, cancellationToken);
        if (response.Content.Headers.ContentType?.MediaType?.StartsWith("image/", StringComparison.Ordinal) == true)
        {
            var shell = response.Headers.TryGetValues(FleetHeaders.HostShell, out var tokens) ? tokens.First() : "";
            return new(await response.Content.ReadAsByteArrayAsync(cancellationToken), shell);
        }

        throw (await ManagerProblem.ReadAsync(response, timeProvider.GetUtcNow(), cancellationToken)).ToException(http.BaseAddress, addresses);
    }

    /// <summary>A stored page counts as fresh from the start of its render, so the app must not show in it what it read before.</summary>
    private static HttpRequestMessage Post(RenderRequest request, string id) => new(HttpMethod.Post, "renders")
    {
        Content = JsonContent.Create(request, options: FleetJson.Options),
        Headers = { { FleetHeaders.RequestId, id }, { HeaderNames.CacheControl, "no-cache" } },
    };

    private static async Task<RenderResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, cancellationToken)
                ?? throw new RenderRefusedException("The manager's response is empty.");
        }
        catch (JsonException e)
        {
            throw new RenderRefusedException($"The manager's response is not a render result: {e.Message}");
        }
    }

    /// <summary>Submits a request until it succeeds. Requests that are rejected for lack of capacity are submitted again, see <see cref="Resubmission"/>.</summary>
    private async Task<HttpResponseMessage> SubmitAsync(Func<int, HttpRequestMessage> create, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        var left = deadline;
        int? attemptsLeft = null;
        for (var submissions = 1; ; submissions++)
        {
            var request = create((int)left.TotalMilliseconds);
            if (attemptsLeft is { } attempts)
            {
                request.Headers.Add(FleetHeaders.AttemptsLeft, attempts.ToString(CultureInfo.InvariantCulture));
            }

            var (response, problem) = await TrySubmitAsync(request, left + s_margin, cancellationToken);
            if (problem is null)
            {
                return response!;
            }

            attemptsLeft = problem.AttemptsLeft ?? attemptsLeft;
            left = deadline - timeProvider.GetElapsedTime(started);
            var pause = Resubmission.PauseAfter(problem, attemptsLeft, submissions, left, Random.Shared.NextDouble()) ?? throw problem.ToException(http.BaseAddress, addresses);
            await Task.Delay(pause, timeProvider, cancellationToken);
            left -= pause;
        }
    }

    private async Task<(HttpResponseMessage? Response, ManagerProblem? Problem)> TrySubmitAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            var response = await SendAsync(request, timeout, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return (response, null);
            }

            using (response)
            {
                return (null, await ManagerProblem.ReadAsync(response, timeProvider.GetUtcNow(), cancellationToken));
            }
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return (null, ManagerProblem.Unreachable(e));
        }
        catch (HttpRequestException e)
        {
            // The manager may have started the render, and its number of attempts is not known. Another submission could double the attempts.
            throw new ManagerUnavailableException(addresses.Hide($"The connection to the manager at {http.BaseAddress} broke: {e.Message}"), e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timeoutSource = new CancellationTokenSource(timeout, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeoutSource.Token, cancellationToken);
        try
        {
            using (request)
            {
                return await http.SendAsync(request, linked.Token);
            }
        }
        catch (OperationCanceledException e) when (timeoutSource.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ManagerUnavailableException(addresses.Hide($"The manager at {http.BaseAddress} did not answer within {timeout.TotalSeconds:0} s."), e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new RenderRefusedException($"The render's result is larger than {MaxAnswerBytes} bytes.");
        }
    }
}

/// <summary>A screenshot from the manager.</summary>
/// <param name="Bytes">The bytes of the image file.</param>
/// <param name="ShellToken">Token of the page's host shell; empty if it is not known.</param>
internal sealed record CapturedScreenshot(byte[] Bytes, string ShellToken);

/// <summary>The manager cannot be reached or has no capacity. This is no verdict on the card: wait, then continue.</summary>
internal sealed class ManagerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The manager rejects this one render; waiting for capacity does not help.</summary>
internal sealed class RenderRefusedException(string message) : Exception(message);

/// <summary>Builds the query of the manager's <c>GET /screenshot</c>.</summary>
internal static class ScreenshotQuery
{
    public static QueryString Of(ScreenshotRequest request) => QueryString.Create(new Dictionary<string, string?>
    {
        ["url"] = request.Url,
        ["affinity"] = request.Affinity,
        ["format"] = request.Format?.ToString(),
        ["type"] = request.Type.ToString(),
        ["width"] = Text(request.Width),
        ["height"] = Text(request.Height),
        ["deadlineMs"] = Text(request.DeadlineMs),
        ["priority"] = Text(request.Priority),
    });

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
