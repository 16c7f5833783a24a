using System.Net.Http.Headers;

namespace Fleet.Tests.EndToEnd;

/// <summary>What a collector receives from the whole fleet over OTLP.</summary>
public sealed class TelemetryTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Render_ForACrawler_IsOneTraceFromTheRealmServerToThePagesSteps()
    {
        await using var collector = await OtlpCollector.StartAsync();
        // Nothing is indexed, so the crawler's request causes the render.
        await using var fleet = await FleetFixture.StartAsync(
            prerenderServers: 1, new Dictionary<string, string> { ["Index:Enabled"] = "false" }, collector: collector.Url);
        var url = fleet.OnRealm("elements/argon");
        using (var request = new HttpRequestMessage(HttpMethod.Get, url))
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
            request.Headers.UserAgent.ParseAdd("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)");
            using var response = await fleet.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Contains("Argon", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        string[] services = ["realm", "manager", "prerender-0"];
        await Eventually.TrueAsync(
            () => Task.FromResult(Tree(collector).Count > 0 && services.All(service =>
                collector.Metrics.Keys.Any(metric => metric.Service == service && metric.Name.StartsWith("fleet.", StringComparison.Ordinal)) &&
                collector.Logs.Any(log => log.Service == service))),
            s_limit,
            () => $"the trace, metrics and logs of every service; spans:\n{Dump(collector)}\nmetrics: {string.Join(", ", collector.Metrics.Keys.Where(metric => metric.Name.StartsWith("fleet.", StringComparison.Ordinal)))}\nlogs of: {string.Join(", ", collector.Logs.Select(log => log.Service).Distinct())}");

        // From the innermost span outwards.
        var visit = Tree(collector)[0];
        Assert.Equal(
            [
                "prerender-0: visit",
                "prerender-0: POST /renders",
                "manager: POST",
                "manager: forward",
                "manager: render",
                "manager: POST /renders",
                "realm: POST",
                "realm: render page",
                "realm: on demand",
                "realm: GET /{**path}",
            ],
            Ancestors(collector, visit).Select(span => $"{span.Service}: {span.Name}"));
        Assert.Equal($"realm:{fleet.OnRealm("elements/")}", visit.Tags["fleet.affinity"]);
        Assert.Equal("Rendered", visit.Tags["fleet.outcome"]);
        Assert.True(long.Parse(visit.Tags["fleet.shell.generation"], System.Globalization.CultureInfo.InvariantCulture) > 0);
        var steps = collector.Spans.Where(span => span.Parent == visit.Id).Select(span => span.Name).Distinct();
        Assert.Superset(new HashSet<string>(["queue", "render"]), new HashSet<string>(steps));

        // Traces are of renders: no asset, no probe and no background call has one.
        Assert.DoesNotContain(collector.Spans, span => span.Name.Contains("health", StringComparison.Ordinal) || span.Name.Contains("alive", StringComparison.Ordinal)
            || span.Name.Contains("/assets", StringComparison.Ordinal));
        Assert.DoesNotContain(collector.Spans, span => span is { Parent: "", Name: "POST" or "GET" });
    }

    // Spans of the prerender server's visit whose trace has reached the realm server.
    private static List<CollectedSpan> Tree(OtlpCollector collector) =>
        [.. collector.Spans.Where(span => span.Name == "visit" && Ancestors(collector, span)[^1] is { Service: "realm", Parent: "" })];

    private static List<CollectedSpan> Ancestors(OtlpCollector collector, CollectedSpan span)
    {
        var path = new List<CollectedSpan> { span };
        while (collector.Spans.FirstOrDefault(s => s.Trace == span.Trace && s.Id == path[^1].Parent) is { } parent)
        {
            path.Add(parent);
        }

        return path;
    }

    private static string Dump(OtlpCollector collector) => string.Join('\n', collector.Spans.Take(200).Select(span => $"{span.Trace[..8]} {span.Parent} > {span.Id} {span.Service}: {span.Name}"));
}
