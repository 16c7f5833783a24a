namespace Fleet.AppHost.Startup;

/// <summary>Repeats the request of an HTTP health check until the service answers with a success, for at most <see cref="Patience"/>. Aspire checks a
/// service that is not healthy yet after 1, 3, 6, 10 and 15 s, so that one which answers just after a check would count as healthy up to 5 s late.</summary>
/// <remarks>It is a handler of every <see cref="HttpClient"/> of the AppHost's factory, and affects only requests of <c>/health</c>.</remarks>
internal sealed class HealthProbeHandler(TimeProvider time) : DelegatingHandler
{
    /// <summary>Longest time from the first request to the start of the last: 8 s, below the time-out of the health check itself, which is 10 s.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>Time between two requests: 250 ms.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        while (request.RequestUri?.AbsolutePath == "/health" && time.GetElapsedTime(startedAt) < Patience)
        {
            try
            {
                var response = await base.SendAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return response;
                }

                response.Dispose();
            }
            catch (HttpRequestException)
            {
                // The service does not listen yet.
            }

            await Task.Delay(Interval, time, cancellationToken);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
