using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Fleet.Contracts;

namespace Fleet.Tests.EndToEnd;

/// <summary>More callers than the fleet has capacity for.</summary>
[Collection(ManagerFleetCollection.Name)]
public sealed class ManagerLoadTests(ManagerFleetFixture fixture)
{
    private const int Crowd = 2_000;
    private const long MaxBytes = 600L * 1024 * 1024;
    private readonly FleetUnderTest _fleet = fixture.Fleet;

    [Fact]
    public async Task Post_TwoThousandAtOnceOnFourSlots_AreRenderedOrRejectedAtOnceWithRetryAfter()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(PostAsync)).WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);

        Assert.All(answers, answer => Assert.True(answer is { Status: HttpStatusCode.OK } or { Status: HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests, HasRetryAfter: true }, $"{answer}"));
        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.OK), 100, Crowd);
        var memory = ResidentBytes(_fleet.Processes["manager"].Id);
        Assert.True(memory < MaxBytes, $"The manager takes {memory} bytes, more than {MaxBytes}.");
    }

    private async Task<Answer> PostAsync(int number)
    {
        // Each with a URL of its own: none is the same render as another.
        var request = new RenderRequest
        {
            Url = _fleet.OnRealm(string.Create(CultureInfo.InvariantCulture, $"elements/hydrogen?n={number}")).AbsoluteUri,
            Formats = [RenderFormat.Atom],
            DeadlineMs = 55_000,
        };
        using var response = await _fleet.Client.PostAsJsonAsync(_fleet.OnManager("renders"), request, FleetJson.Options, TestContext.Current.CancellationToken);
        return new(response.StatusCode, response.Headers.RetryAfter?.Delta > TimeSpan.Zero, await response.Content.ReadAsStringAsync());
    }

    private static long ResidentBytes(int process) => File.ReadLines($"/proc/{process}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
        .Single();

    private sealed record Answer(HttpStatusCode Status, bool HasRetryAfter, string Body);
}
