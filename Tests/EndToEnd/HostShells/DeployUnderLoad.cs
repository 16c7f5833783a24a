using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.Tests.EndToEnd;

namespace Fleet.Tests.HostShells;

/// <summary>Deploys on a fleet with all slots busy, and measures them. Each server has a realm with twice as many callers as slots, so
/// that each returned page is requested at once. A quarter of the callers use the manager, the others their server directly, where no
/// retry hides a render that was lost.</summary>
internal sealed partial class DeployUnderLoad(ShellFleet fleet, int slotsPerServer)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private int _renders;
    private int _lost;
    private int _killed;
    private int _staleStored;
    private int _samples;
    private double _leastCapacity = 1;
    private string _least = "";
    private readonly List<string> _tokens = [];
    private string? _found;
    private volatile bool _isChanging;
    private volatile bool _isOver;

    /// <summary>Deploys several times, each when the one before has arrived everywhere.</summary>
    public async Task<DeployReport> RunAsync(int deploys)
    {
        foreach (var realm in fleet.Realms.Names)
        {
            fleet.Realms.Write(realm, "work", """{ "title": "work", "pauseMs": 20 }""");
        }

        var (version, token) = await fleet.FreshAsync();
        await fleet.EveryPageStoredAsync(version, token, s_limit);
        var mark = fleet.Log.Mark;
        var load = Enumerable.Range(0, fleet.Servers.Count * slotsPerServer * 2).Select(LoadAsync).ToList();
        var sampling = SampleAsync();
        // A slot that no render has used yet is no evidence about deploys.
        await Eventually.TrueAsync(() => Volatile.Read(ref _renders) >= load.Count, s_limit, () => $"{load.Count} renders; there are {_renders}\n{fleet.Log}");
        for (var i = 0; i < deploys; i++)
        {
            await DeployAsync();
        }

        _isOver = true;
        await Task.WhenAll(load);
        await sampling;
        fleet.Realms.Write(fleet.Realms.Names[0], "index", """{ "title": "home" }""");
        // Log lines arrive with a delay: there may be one of the deploy before the first one, and the last one may be missing.
        List<(string Source, string Line)> Fresh() =>
            [.. fleet.Log.Find("Every page has host shell", mark).Where(l => _tokens.Any(token => l.Line.Contains(token, StringComparison.Ordinal)))];
        await Eventually.TrueAsync(() => Fresh().Count >= deploys * fleet.Servers.Count, s_limit, () => $"a line of each server for each deploy\n{fleet.Log}");
        var fresh = Fresh().Select(l => double.Parse(AllMs().Match(l.Line).Groups[1].Value, CultureInfo.InvariantCulture)).Order().ToList();
        return new(fleet.Servers.Count, deploys, _renders, _lost, _killed, _staleStored, _leastCapacity, _samples, fresh) { Least = _least, Found = _found };
    }

    private async Task DeployAsync()
    {
        var version = fleet.NextVersion();
        _isChanging = true;
        // The deploy brings content that only the new version can show: every old page fails on it.
        fleet.Realms.Write(fleet.Realms.Names[0], "index", $$"""{ "title": "home of {{version}}", "needs": "{{version}}" }""");
        var token = fleet.App.Deploy(version);
        _tokens.Add(token);
        await fleet.ConvergedAsync(token, s_limit);
        _isChanging = false;
        await fleet.EveryPageStoredAsync(version, token, s_limit);
    }

    private async Task LoadAsync(int worker)
    {
        var number = worker % fleet.Servers.Count;
        var url = fleet.Card(fleet.Realms.Names[number % fleet.Realms.Names.Count], "work");
        var server = worker < fleet.Servers.Count ? null : fleet.Servers[number];
        while (!_isOver)
        {
            var result = await (server is null ? fleet.RenderAsync(url, deadlineMs: 30_000) : fleet.RenderOnAsync(server, url, deadlineMs: 30_000));
            Interlocked.Increment(ref _renders);
            if (result is null or { Outcome: not (RenderOutcome.Rendered or RenderOutcome.NoVerdict) })
            {
                Interlocked.Increment(ref _lost);
            }
            else if (result.Outcome == RenderOutcome.NoVerdict)
            {
                Interlocked.Increment(ref _killed);
            }
        }
    }

    private async Task SampleAsync()
    {
        while (!_isOver)
        {
            if (_isChanging)
            {
                var pools = await Task.WhenAll(fleet.Servers.Select(fleet.PoolAsync));
                var share = pools.Sum(Usable) / (double)(pools.Length * slotsPerServer);
                if (share < _leastCapacity)
                {
                    (_leastCapacity, _least) = (share, string.Join(" | ", pools.Select(Describe)));
                }

                _samples++;
                await CheckStoredAsync();
            }

            await Task.Delay(10, CancellationToken.None);
        }
    }

    // What no caller waits for is no lost capacity, whatever state it is in.
    private int Usable(JsonElement pool) =>
        pool.GetProperty("totals").GetProperty("waiting").GetInt32() == 0 ? slotsPerServer : Slots(pool).Count(IsUsable);

    // Usable: leased, idle on the current shell, or booting it. A stale idle page is not, nor is a slot that closes with one; a current one closes
    // to make room for another affinity, as it would without a deploy.
    private static bool IsUsable(JsonElement slot) => slot.GetProperty("state").GetString() switch
    {
        "leased" or "draining" or "creating" or "rebooting" => true,
        "idle" or "standby" or "closing" => !slot.TryGetProperty("current", out var current) || current.GetBoolean(),
        _ => false,
    };

    private static string Describe(JsonElement pool) =>
        $"{string.Join(' ', Slots(pool).Select(slot => $"{slot.GetProperty("state").GetString()}{(IsUsable(slot) ? "" : "!")}"))}, {pool.GetProperty("totals").GetProperty("waiting")} waiting";

    private static JsonElement.ArrayEnumerator Slots(JsonElement pool) => pool.GetProperty("slots").EnumerateArray();

    // A good page is stored at all times, and matches its token.
    private async Task CheckStoredAsync()
    {
        var page = await fleet.StoredAsync(fleet.Realms.Names[0], "");
        var isGood = page is not null && fleet.VersionOf(page.ShellToken) is { } version && ShellFleet.Shows(page.Formats[RenderFormat.Isolated], version);
        if (!isGood)
        {
            _staleStored++;
            _found ??= page is null ? "no page" : JsonSerializer.Serialize(page, FleetJson.Options);
        }
    }

    [GeneratedRegex(", ([0-9]+) ms after it became current")]
    private static partial Regex AllMs();
}
