using System.Net.Http.Json;
using System.Text.Json;
using Fleet.AppHost.Output;

namespace Fleet.AppHost;

/// <summary>Waits for the realm server's first index and says how it went; the realm server's own lines say how far it is.</summary>
internal sealed class FirstIndex(Uri realm, IFleetOutput output, TimeProvider time)
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_answerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Returns when every card is prerendered or has failed, when the index is off, or on cancellation.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = s_answerTimeout };
        var began = time.GetTimestamp();
        try
        {
            while (true)
            {
                if (await ReadAsync(client, cancellationToken).ConfigureAwait(false) is { } state)
                {
                    if (state.State.Equals("off", StringComparison.OrdinalIgnoreCase))
                    {
                        return;
                    }

                    if (state.State.Equals("done", StringComparison.OrdinalIgnoreCase))
                    {
                        output.Say($"First index: {state.Total - state.Failed} of {state.Total} cards are prerendered and stored{Failures(state)}, {time.GetElapsedTime(began).TotalSeconds:0} s.");
                        return;
                    }
                }

                await Task.Delay(s_pollInterval, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The fleet stops before its index is complete; the next start goes on where it was.
        }
    }

    private static string Failures(Status state) => state.Failed == 0 ? "" : $", {state.Failed} failed";

    private async Task<Status?> ReadAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetFromJsonAsync<Status>(new Uri(realm, "_index"), JsonSerializerOptions.Web, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Not there for a moment; asked again.
            return null;
        }
    }

    private sealed record Status(string State, int Done, int Total, int Failed);
}
