using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Tests.Contracts;

public sealed class FleetJsonTests
{
    [Theory]
    [InlineData("\"isolated\"", RenderFormat.Isolated)]
    [InlineData("\"Html\"", RenderFormat.Html)]
    public void Read_Word_IsTheValue(string json, RenderFormat expected) =>
        Assert.Equal(expected, JsonSerializer.Deserialize<RenderFormat>(json, FleetJson.Options));

    [Theory]
    [InlineData("\"isolatd\"", "'isolatd'")]
    [InlineData("3", "number")]
    [InlineData("null", "null")]
    [InlineData("\"3\"", "'3'")]
    public void Read_NoWord_SaysWhichThereAre(string json, string found)
    {
        var error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<RenderFormat>(json, FleetJson.Options));
        Assert.StartsWith(found, error.Message, StringComparison.Ordinal);
        Assert.Contains("isolated, embedded, fitted, atom, head, icon, markdown, html, data", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Result_KeysAreWordsAndHtmlIsNotInflated()
    {
        var json = JsonSerializer.Serialize(
            new RenderResult { Outcome = RenderOutcome.NoVerdict, Url = "http://a/", Formats = new Dictionary<RenderFormat, string> { [RenderFormat.Isolated] = "<p>ü</p>" } },
            FleetJson.Options);
        Assert.Contains("\"outcome\":\"noVerdict\"", json, StringComparison.Ordinal);
        Assert.Contains("\"isolated\":\"<p>ü</p>\"", json, StringComparison.Ordinal);
        Assert.Equal("<p>ü</p>", JsonSerializer.Deserialize<RenderResult>(json, FleetJson.Options)!.Formats[RenderFormat.Isolated]);
    }
}
