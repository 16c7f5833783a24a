using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Endpoints;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Rendering;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.Net.Http.Headers;

namespace Fleet.PrerenderServer.Canary;

/// <summary>Renders a sample on this server and on another.</summary>
internal sealed class CanaryRenders(HttpClient http, RenderOperationReader reader, Renderer renderer, FleetKeys keys, TimeProvider time)
{
    /// <summary>Both servers load the page.</summary>
    private const string NoCache = "no-cache";

    private static readonly TimeSpan s_answerGrace = TimeSpan.FromSeconds(5);

    /// <summary>Compares the page on both servers. Each renders it once, and once more if the results differ.</summary>
    /// <exception cref="HttpRequestException">The other server cannot be reached, or its answer is no result.</exception>
    public async Task<SampleResult> CompareAsync(Sample sample, ServerRecord other, CancellationToken cancellationToken)
    {
        var (own, theirs) = (await RenderHereAsync(sample, cancellationToken), await RenderThereAsync(sample, other, cancellationToken));
        return CanaryRules.Compare(own, theirs) is { } result ? result : CanaryRules.CompareAgain(
            (own, await RenderHereAsync(sample, cancellationToken)), (theirs, await RenderThereAsync(sample, other, cancellationToken)));
    }

    private async Task<SampleRender?> RenderHereAsync(Sample sample, CancellationToken cancellationToken)
    {
        try
        {
            return CanaryRules.Of((await renderer.RunAsync(reader.Read(RequestOf(sample), new HeaderDictionary { [HeaderNames.CacheControl] = NoCache }), cancellationToken)).Result);
        }
        catch (Exception e) when (e is RequestException or PoolDeadlineException or PoolStaleShellException)
        {
            return null;
        }
    }

    private async Task<SampleRender?> RenderThereAsync(Sample sample, ServerRecord other, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(RenderLimits.DefaultDeadlineMs) + s_answerGrace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, other.Url.TrimEnd('/') + "/renders") { Content = JsonContent.Create(RequestOf(sample), options: FleetJson.Options) };
            request.Headers.Add(HeaderNames.CacheControl, NoCache);
            request.Authorize(keys, ServiceToken.PrerenderServer(other.Incarnation), time.GetUtcNow());
            using var response = await http.SendAsync(request, either.Token);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
            {
                throw new HttpRequestException($"{other.Name} has another admin key.");
            }

            // This page is not rendered there now: it is quarantined, or too many renders wait.
            return !response.IsSuccessStatusCode ? null : await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, either.Token) is { } result ? CanaryRules.Of(result) : null;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{other.Name} did not answer in time.", e);
        }
        catch (Exception e) when (e is JsonException or UriFormatException or InvalidOperationException)
        {
            throw new HttpRequestException($"{other.Name} has an invalid address, or its response was invalid.", e);
        }
    }

    private static RenderRequest RequestOf(Sample sample) => new() { Url = sample.Url, Affinity = AffinityKey.Realm(sample.Scope).ToString() };
}
