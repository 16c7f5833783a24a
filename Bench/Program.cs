using System.Globalization;
using BenchmarkDotNet.Running;
using Fleet.Bench.Overhead;
using Fleet.Bench.Peers;
using Fleet.Bench.Rendering;
using Fleet.Bench.Routing;
using Fleet.Bench.Scale;
using Fleet.Bench.Serving;

// These measure whole servers, or run in virtual time, and have no use for a micro-benchmark's harness.
switch (args)
{
    case ["fast-path"]:
        await FastPathBench.RunAsync();
        break;
    case ["paint"]:
        await PaintBench.RunAsync();
        break;
    case ["flood", .. var rest]:
        await FloodBench.RunAsync(rest is [var settings, ..] ? settings : "", rest is [_, var beside] ? beside : "");
        break;
    case ["document-path", .. var rest]:
        await DocumentPathBench.RunAsync(rest is [var only, ..] ? only : null);
        break;
    case ["peers", .. var rest]:
        await PeersBench.RunAsync(rest is [var which, ..] ? which : "all", rest is [_, var chart] ? chart : null);
        break;
    case ["workloads", .. var rest]:
        await WorkloadsBench.RunAsync(rest is [var part, ..] ? part : "all");
        break;
    case ["serving"]:
        await ServingBench.RunAsync();
        break;
    case ["index", .. var rest]:
        await IndexBench.RunAsync(rest is [var cards, ..] ? int.Parse(cards, CultureInfo.InvariantCulture) : 10_000);
        break;
    case ["fleet-index", .. var rest]:
        await FleetIndexBench.RunAsync(
            rest is [var many, ..] ? int.Parse(many, CultureInfo.InvariantCulture) : 10_000,
            TimeSpan.FromMinutes(rest is [_, var minutes] ? int.Parse(minutes, CultureInfo.InvariantCulture) : 10));
        break;
    case ["routing", .. var policies]:
        RoutingBench.Compare(Scenario.Known, policies);
        break;
    case ["routing-held-out", .. var policies]:
        RoutingBench.Compare(Scenario.HeldOut, policies);
        break;
    case ["routing-cost"]:
        RoutingBench.Cost();
        break;
    case ["scale", .. var rest]:
        await ScaleBench.RunAsync(
            rest is [var servers, ..] ? int.Parse(servers, CultureInfo.InvariantCulture) : 1_000,
            rest is [_, var affinities] ? int.Parse(affinities, CultureInfo.InvariantCulture) : 10_000);
        break;
    case ["overhead"]:
        await OverheadBench.RunAsync();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
