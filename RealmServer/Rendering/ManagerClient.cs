using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Polly;

namespace Fleet.RealmServer.Rendering;

/// <summary>Asks the manager for renders.</summary>
internal sealed class ManagerClient(HttpClient http, TimeProvider timeProvider)
{
    /// <summary>Largest answer, in bytes: 32 MiB.</summary>
    public const int MaxAnswerBytes = 32 * 1024 * 1024;

    /// <summary>What the answer may take longer than the render's own deadline: the caller is the last to give up.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_probeDeadline = TimeSpan.FromSeconds(3);

    private readonly ResiliencePipeline<HttpResponseMessage> _retry = ManagerRetry.Create(timeProvider);

    /// <summary>Whether there is a manager to ask.</summary>
    public bool IsConfigured => http.BaseAddress is not null;

    /// <summary>Returns when the manager is ready for work.</summary>
    /// <exception cref="ManagerUnavailableException">It is not.</exception>
    public async Task EnsureReadyAsync(CancellationToken cancellationToken)
    {
        using var response = await TryAsync(
            token => SendAsync(() => new(HttpMethod.Get, "health"), s_probeDeadline, token), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new ManagerUnavailableException($"The manager at {http.BaseAddress} is not ready: /health answers {(int)response.StatusCode}.");
        }
    }

    /// <exception cref="ManagerUnavailableException">The manager is away or busy, and was for all of the retries.</exception>
    /// <exception cref="RenderRefusedException">The manager will not have this render, or not soon.</exception>
    public async Task<RenderResult> RenderAsync(RenderRequest request, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("N");
        using var response = await TryAsync(
            async token => await _retry.ExecuteAsync(async t => await SendAsync(() => Post(request, id), deadline + s_margin, t), token), cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return await ReadAsync(response, cancellationToken);
        }

        throw (await ManagerProblem.ReadAsync(response, cancellationToken)).ToException(http.BaseAddress);
    }

    /// <summary>Has a picture taken.</summary>
    /// <exception cref="ManagerUnavailableException">The manager is away or busy, and was for all of the retries.</exception>
    /// <exception cref="RenderRefusedException">There is no picture; the message says why.</exception>
    public async Task<TakenPicture> PictureAsync(PictureRequest request, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var query = PictureQuery.Of(request);
        using var response = await TryAsync(
            async token => await _retry.ExecuteAsync(async t => await SendAsync(() => new(HttpMethod.Get, "screenshot" + query), deadline + s_margin, t), token), cancellationToken);
        if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType?.StartsWith("image/", StringComparison.Ordinal) == true)
        {
            var shell = response.Headers.TryGetValues(FleetHeaders.HostShell, out var tokens) ? tokens.First() : "";
            return new(await response.Content.ReadAsByteArrayAsync(cancellationToken), shell);
        }

        throw (await ManagerProblem.ReadAsync(response, cancellationToken)).ToException(http.BaseAddress);
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

    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> create, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(deadline, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = create();
            return await http.SendAsync(request, either.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ManagerUnavailableException($"The manager at {http.BaseAddress} did not answer within {deadline.TotalSeconds:0} s.", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new RenderRefusedException($"The render's result is larger than {MaxAnswerBytes} bytes.");
        }
    }

    private async Task<HttpResponseMessage> TryAsync(Func<CancellationToken, Task<HttpResponseMessage>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new ManagerUnavailableException($"The manager at {http.BaseAddress} cannot be reached: {e.Message}", e);
        }
    }
}
