using System.Globalization;
using Fleet.Contracts;
using Fleet.Manager.HostShells;

namespace Fleet.Tests.HostShells;

public sealed class ShellConvergenceRulesTests
{
    private static readonly HostShell s_shell = new("b", 7, DateTimeOffset.UnixEpoch.AddHours(1), "realm/1");

    // Tokens that realm servers serve; servers, each as state/generation/current/behind, "-" for one that reports nothing.
    [Theory]
    [InlineData("b", "ready/7/2/0", "Converged")]
    [InlineData("b b", "ready/7/2/0 ready/8/1/0", "Converged")]
    [InlineData("", "ready/7/2/0", "Converged")]
    [InlineData("a b", "ready/7/2/0", "Rolling")]
    [InlineData("a b", "ready/6/2/0", "Rolling")]
    [InlineData("b", "ready/7/2/0 ready/7/1/1", "Behind")]
    [InlineData("b", "ready/6/2/0", "Behind")]
    [InlineData("b", "ready/none/2/0", "Behind")]
    [InlineData("b", "warming/7/0/0", "Behind")]
    [InlineData("b", "-", "Behind")]
    [InlineData("b", "", "Behind")]
    [InlineData("b", "ready/7/2/0 draining/6/0/2", "Converged")]
    [InlineData("b", "draining/7/2/0", "Behind")]
    public void Judge_ReadingOfTheRegistry_IsConvergedRollingOrBehind(string serving, string servers, string expected) =>
        Assert.Equal(expected, ShellConvergenceRules.Judge(s_shell, Words(serving), Words(servers).Select(Server)).ToString());

    [Theory]
    [InlineData(null, null, "Converged", 2, 2)]
    [InlineData("Converged", 7L, "Converged", 2, 0)]
    [InlineData("Behind", 7L, "Converged", 2, 2)]
    [InlineData("Converged", 6L, "Behind", 2, 1)]
    [InlineData("Behind", 6L, "Behind", 2, 1)]
    [InlineData(null, null, "Converged", 0, 1)]
    [InlineData("Behind", 7L, "Converged", 0, 1)]
    public void Since_Phase_IsTheChangeOfThePhaseOrOfTheShell(string? before, long? generation, string phase, int read, int hour)
    {
        var reported = before is null ? null : new ShellConvergence(Enum.Parse<ShellPhase>(before), DateTimeOffset.UnixEpoch, new Dictionary<string, string>());
        var previous = generation is { } g ? s_shell with { Generation = g } : null;

        var since = ShellConvergenceRules.Since(reported, previous, s_shell, Enum.Parse<ShellPhase>(phase), DateTimeOffset.UnixEpoch.AddHours(read));

        Assert.Equal(DateTimeOffset.UnixEpoch.AddHours(hour), since);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static ServerRecord Server(string text)
    {
        var parts = text.Split('/');
        return new()
        {
            Incarnation = "i", Name = "n", Url = "u", Version = 1,
            State = text == "-" ? ServerState.Ready : Enum.Parse<ServerState>(parts[0], ignoreCase: true),
            ShellSlots = text == "-" ? null : new()
            {
                Generation = long.TryParse(parts[1], CultureInfo.InvariantCulture, out var generation) ? generation : null, Current = int.Parse(parts[2], CultureInfo.InvariantCulture), Behind = int.Parse(parts[3], CultureInfo.InvariantCulture),
            },
        };
    }
}
