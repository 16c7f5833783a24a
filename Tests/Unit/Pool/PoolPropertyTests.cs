using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Tests.Pool;

/// <summary>Checks the properties of the pool in random runs (see <see cref="PoolWorld"/> and <see cref="Checks"/>).
/// An ordinary test run uses the same 2,000 sequences each time, so that only a change of the code can fail; <c>FLEET_POOL_RUNS=50000</c> uses that many new ones.</summary>
public sealed class PoolPropertyTests
{
    private static Config Runs =>
        int.TryParse(Environment.GetEnvironmentVariable("FLEET_POOL_RUNS"), CultureInfo.InvariantCulture, out var runs)
            ? Config.QuickThrowOnFailure.WithMaxTest(runs)
            : Config.QuickThrowOnFailure.WithMaxTest(2_000).WithReplay(1, 1);

    [Fact]
    public void Play_RandomSteps_EveryPropertyHolds()
    {
        var steps = Gen.Choose(0, 32 * 1000 - 1).ListOf(120);
        var runs = Gen.Choose(0, 47).SelectMany(_ => steps, (seed, list) => (Seed: seed, Steps: list.ToArray()));
        var property = Prop.ForAll(Arb.From(runs, Shorter), run => RandomRun.Play(run.Seed, run.Steps));
        Check.One(Runs, property);
    }

    // Shrinks a failing run by leaving out a part of its steps: long parts first, then single steps.
    private static IEnumerable<(int Seed, int[] Steps)> Shorter((int Seed, int[] Steps) run)
    {
        for (var length = run.Steps.Length / 2; length > 0; length /= 2)
        {
            for (var start = 0; start + length <= run.Steps.Length; start += length)
            {
                yield return (run.Seed, [.. run.Steps[..start], .. run.Steps[(start + length)..]]);
            }
        }
    }
}
