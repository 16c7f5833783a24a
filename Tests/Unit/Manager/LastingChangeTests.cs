using Fleet.Manager.Health;

namespace Fleet.Tests.Manager;

public sealed class LastingChangeTests
{
    // States at 0 s, 1 s, 2 s, …, and those of them that are reported.
    [Theory]
    [InlineData("aaaa", "")]
    [InlineData("abbb", "")]
    [InlineData("abbbb", "b")]
    [InlineData("abbbbbbb", "b")]
    [InlineData("ababababab", "")]
    [InlineData("abbbabbb", "")]
    [InlineData("abbbbabbbb", "b")]
    [InlineData("abbbbaaaa", "ba")]
    [InlineData("abbbbcccc", "bc")]
    [InlineData("abcbcbcbbbb", "b")]
    public void Observe_States_ThoseThatLastAreReportedOnce(string states, string reported)
    {
        var change = new LastingChange<char>('a', TimeSpan.FromSeconds(3));
        var seen = "";
        for (var second = 0; second < states.Length; second++)
        {
            if (change.Observe(states[second], TimeSpan.FromSeconds(second)))
            {
                seen += states[second];
                change.Report();
            }
        }

        Assert.Equal(reported, seen);
    }
}
