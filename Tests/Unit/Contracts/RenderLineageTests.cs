using Fleet.Contracts;

namespace Fleet.Tests.Contracts;

public sealed class RenderLineageTests
{
    private static readonly byte[] Key = [.. "correct-horse-battery-staple-for-tests"u8];
    private static readonly DateTimeOffset s_expires = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0af7651916cd43dd", 0, 0)]
    [InlineData("with.dots-and~more", 8, 10)]
    public void TryRead_Signed_IsTheSame(string id, int depth, int priority)
    {
        var lineage = new RenderLineage(id, depth, priority, s_expires);
        Assert.True(RenderLineage.TryRead(lineage.Sign(Key), Key, out var read));
        Assert.Equal(lineage, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("id.0.0")]
    [InlineData("id.0.0.0000000000000000000000000000000000000000000000000000000000000000")]
    public void TryRead_NotSigned_False(string? text) => Assert.False(RenderLineage.TryRead(text, Key, out _));

    [Fact]
    public void TryRead_TamperedOrOfAnotherKeyOrTooDeep_False()
    {
        var signed = new RenderLineage("id", 1, 0, s_expires).Sign(Key);
        Assert.False(RenderLineage.TryRead(signed.Replace("id.1.0", "id.1.9", StringComparison.Ordinal), Key, out _));
        Assert.False(RenderLineage.TryRead(signed.Replace(".1893456000.", ".1893456001.", StringComparison.Ordinal), Key, out _));
        Assert.False(RenderLineage.TryRead(signed, "another-key"u8, out _));
        Assert.False(RenderLineage.TryRead(new RenderLineage("id", 9, 0, s_expires).Sign(Key), Key, out _));
        Assert.False(RenderLineage.TryRead(new RenderLineage("id", 0, 11, s_expires).Sign(Key), Key, out _));
    }
}
