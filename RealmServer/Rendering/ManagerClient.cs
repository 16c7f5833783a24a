using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>Asks the manager for renders.</summary>
internal sealed class ManagerClient(HttpClient http, TimeProvider timeProvider)
{
    /// <summary>Largest answer, in bytes: 32 MiB.</summary>
    public const int MaxAnswerBytes = 32 * 1024 * 1024;

    /// <summary>What the answer may take longer than the render's own deadline: the caller is the last to give up.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_probeDeadline = TimeSpan.FromSeconds(3);

    /// <summary>Whether there is a manager to ask.</summary>
    public bool IsConfigured => http.BaseAddress is not null;

    /// <summary>Returns when the manager is ready for work.</summary>
    /// <exception cref="ManagerUnavailableException">It is not.</exception>
    public async Task EnsureReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(new(HttpMethod.Get, "health"), s_probeDeadline, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new ManagerUnavailableException($"The manager at {http.BaseAddress} is not ready: /health answers {(int)response.StatusCode}.");
            }
        }
        catch (HttpRequestException e)
        {
            throw new ManagerUnavailableException($"The manager at {http.BaseAddress} cannot be reached: {e.Message}", e);
        }
    }

    /// <summary>Has a page rendered.</summary>
    /// <param name="request">What to render.</param>
    /// <param name="deadline">How long the result may take, all submissions included.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ManagerUnavailableException">The manager is away or busy, and is likely to be so until the deadline.</exception>
    /// <exception cref="RenderRefusedException">The manager will not have this render, or not soon.</exception>
    public async Task<RenderResult> RenderAsync(RenderRequest request, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("N");
        using var response = await SubmitAsync(leftMs => Post(request with { DeadlineMs = leftMs }, id), deadline, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Has a screenshot taken.</summary>
    /// <param name="request">Of what.</param>
    /// <param name="deadline">How long it may take, all submissions included.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ManagerUnavailableException">The manager is away or busy, and is likely to be so until the deadline.</exception>
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

        throw (await ManagerProblem.ReadAsync(response, timeProvider.GetUtcNow(), cancellationToken)).ToException(http.BaseAddress);
    }

    private static HttpRequestMessage Post(RenderRequest request, string id) => new(HttpMethod.Post, "renders")
    {
        Content = JsonContent.Create(request, options: FleetJson.Options),
        Headers = { { FleetHeaders.RequestId, id } },
    };

    private static async Task<RenderResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, cancellationToken)
                ?? throw new RenderRefusedException("The manager's answer is empty.");
        }
        catch (JsonException e)
        {
            throw new RenderRefusedException($"The manager's answer is no render result: {e.Message}");
        }
    }

    /// <summary>The manager's answer to a render, which is a success. What it refuses for lack of capacity is submitted again, see <see cref="Resubmission"/>.</summary>
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
            var pause = Resubmission.PauseAfter(problem, attemptsLeft, submissions, left, Random.Shared.NextDouble()) ?? throw problem.ToException(http.BaseAddress);
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
            // The manager may have begun with it, and how often it has tried is not known: another submission could double the attempts.
            throw new ManagerUnavailableException($"The connection to the manager at {http.BaseAddress} broke: {e.Message}", e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            using (request)
            {
                return await http.SendAsync(request, either.Token);
            }
        }
        catch (OperationCanceledException e) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ManagerUnavailableException($"The manager at {http.BaseAddress} did not answer within {timeout.TotalSeconds:0} s.", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new RenderRefusedException($"The render's result is larger than {MaxAnswerBytes} bytes.");
        }
    }
}

/// <summary>A screenshot as the manager gave it.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="ShellToken">Token of the host shell that was in the page; empty when nobody could say.</param>
internal sealed record CapturedScreenshot(byte[] Bytes, string ShellToken);

/// <summary>The manager cannot be reached, or cannot take work for long. It says nothing about the card: wait, then go on.</summary>
internal sealed class ManagerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The manager refuses this one render; a repeat will not help.</summary>
internal sealed class RenderRefusedException(string message) : Exception(message);

/// <summary>A screenshot as the manager's <c>GET /screenshot</c> is asked for it.</summary>
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
