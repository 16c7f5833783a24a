using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Tests.Pool;

/// <summary>All properties of the pool, P1 to P15, over random lives (see <see cref="PoolWorld"/> and <see cref="Checks"/>).
/// The same 2,000 in every ordinary run, so that a change is what breaks them; <c>FLEET_POOL_RUNS=50000</c> plays that many new ones.</summary>
public sealed class PoolPropertyTests
{
    private static Config Lives =>
        int.TryParse(Environment.GetEnvironmentVariable("FLEET_POOL_RUNS"), CultureInfo.InvariantCulture, out var runs)
            ? Config.QuickThrowOnFailure.WithMaxTest(runs)
            : Config.QuickThrowOnFailure.WithMaxTest(2_000).WithReplay(1, 1);

    [Fact]
    public void EveryProperty_OverRandomLives_Holds()
    {
        var steps = Gen.Choose(0, 32 * 1000 - 1).ListOf(120);
        var lives = Gen.Choose(0, 47).SelectMany(_ => steps, (seed, list) => (Seed: seed, Steps: list.ToArray()));
        var property = Prop.ForAll(Arb.From(lives, Shorter), life => RandomRun.Play(life.Seed, life.Steps));
        Check.One(Lives, property);
    }

    // The same life without a stretch of it: long stretches first, then single steps.
    private static IEnumerable<(int Seed, int[] Steps)> Shorter((int Seed, int[] Steps) life)
    {
        for (var length = life.Steps.Length / 2; length > 0; length /= 2)
        {
            for (var start = 0; start + length <= life.Steps.Length; start += length)
            {
                yield return (life.Seed, [.. life.Steps[..start], .. life.Steps[(start + length)..]]);
            }
        }
    }
}
