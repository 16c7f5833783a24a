using Fleet.AppHost.Output;
using Fleet.ServiceDefaults;

namespace Fleet.AppHost.Local;

/// <summary>Waits, bounded, until a resource is ready to serve those that need it.</summary>
internal sealed class HealthGate(HttpClient client, IFleetOutput output, TimeProvider time)
{
    private const int LongestSeen = 300;

    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_answerTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(5);

    /// <summary>Waits until a GET answers 200.</summary>
    public Task WaitAsync(IRunningResource resource, Uri url, TimeSpan patience, CancellationToken cancellationToken) =>
        WaitAsync(resource, $"200 from {url}", token => ProbeAsync(url, token), patience, cancellationToken);

    /// <summary>Waits until the probe has no complaint.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="expected">What is waited for, in words.</param>
    /// <param name="probe">Gives null when it is ready, else what it saw.</param>
    /// <param name="patience">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartException">The resource ended, or the time is up. Says what was expected, what was seen, and its last lines.</exception>
    public async Task WaitAsync(
        IRunningResource resource, string expected, Func<CancellationToken, Task<string?>> probe, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var reported = began;
        while (true)
        {
            var seen = await AskAsync(probe, cancellationToken).ConfigureAwait(false);
            if (seen is null)
            {
                return;
            }

            if (resource.Exit.IsCompleted)
            {
                throw Ended(resource, await resource.Exit.ConfigureAwait(false));
            }

            var waited = time.GetElapsedTime(began);
            if (waited > patience)
            {
                throw new StartException(
                    $"{resource.Name} is not ready: expected {expected} within {patience.TotalSeconds:0} s, last saw {seen}.{Quote(resource)}");
            }

            if (time.GetElapsedTime(reported) > s_reportInterval)
            {
                reported = time.GetTimestamp();
                output.Say($"Waiting for {resource.Name}, {waited.TotalSeconds:0} s: {seen}");
            }

            await Task.Delay(s_pollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What to say of a resource that ended before the fleet was ready.</summary>
    public static StartException Ended(IRunningResource resource, int exitCode) =>
        new($"{resource.Name} ended with exit code {exitCode} before the fleet was ready.{Quote(resource)}");

    private async Task<string?> AskAsync(Func<CancellationToken, Task<string?>> probe, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(s_answerTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await probe(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer in {s_answerTimeout.TotalSeconds:0} s";
        }
    }

    private async Task<string?> ProbeAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(url, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return null;
            }

            var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            var seen = $"{(int)response.StatusCode} {body.ReplaceLineEndings(" ")}";
            return seen[..Math.Min(seen.Length, LongestSeen)];
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private static string Quote(IRunningResource resource) => resource.LastLines is { Count: > 0 } lines
        ? $" Its last lines:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", lines.TakeLast(15))}"
        : " It said nothing.";
}
