using System.Net.Http.Json;
using System.Text.Json;

namespace Fleet.ServiceDefaults.Startup;

/// <summary>Reports the progress of a realm server's first index, for the console of a program that has started one.</summary>
public static class FirstIndex
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_requestTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Polls until every card is stored or has failed, or until the realm server reports that there is no index.</summary>
    /// <param name="realm">Address of the realm server, ending with a slash.</param>
    /// <param name="report">Receives a line every 5 s and one at the end.</param>
    /// <param name="time">The clock of the polls.</param>
    /// <param name="cancellationToken">Cancels the polling.</param>
    public static async Task FollowAsync(Uri realm, Action<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = s_requestTimeout };
        var index = new Uri(realm, "_index");
        var (began, reported) = (time.GetTimestamp(), time.GetTimestamp());
        while (true)
        {
            if (await ReadAsync(client, index, cancellationToken) is { } status)
            {
                if (status.State is "off" || (status.State is "done" && status.Total == 0))
                {
                    return;
                }

                if (status.State is "done")
                {
                    var failures = status.Failed == 0 ? "" : $", {status.Failed} failed (see {index})";
                    report($"First index: {status.Total - status.Failed} of {status.Total} cards are prerendered and stored{failures}, {time.GetElapsedTime(began).TotalSeconds:0} s.");
                    return;
                }

                if (time.GetElapsedTime(reported) >= s_reportInterval)
                {
                    reported = time.GetTimestamp();
                    report($"First index: {status.Done} of {status.Total} cards.");
                }
            }

            await Task.Delay(s_pollInterval, time, cancellationToken);
        }
    }

    private static async Task<IndexStatus?> ReadAsync(HttpClient client, Uri index, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetFromJsonAsync<IndexStatus>(index, JsonSerializerOptions.Web, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The realm server may be restarting; poll again.
            return null;
        }
    }

    private sealed record IndexStatus(string State, int Done, int Total, int Failed);
}
