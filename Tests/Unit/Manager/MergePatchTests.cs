using System.Text.Json.Nodes;
using Fleet.Manager.Dashboard;

namespace Fleet.Tests.Manager;

/// <summary>The patches that the stream of the fleet page sends.</summary>
public sealed class MergePatchTests
{
    [Theory]
    [InlineData("""{}""", """{}""", """{}""")]
    [InlineData("""{"a":1}""", """{"a":1}""", """{}""")]
    [InlineData("""{"a":1}""", """{"a":2,"b":"x"}""", """{"a":2,"b":"x"}""")]
    [InlineData("""{"a":1,"b":2}""", """{"a":1}""", """{"b":null}""")]
    [InlineData("""{"a":{"x":1,"y":2},"b":{"z":3}}""", """{"a":{"x":1,"y":4},"b":{"z":3}}""", """{"a":{"y":4}}""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":{}}""", """{"a":{"x":null}}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1,3]}""", """{"a":[1,3]}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1,2]}""", """{}""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":"x"}""", """{"a":"x"}""")]
    [InlineData("""{"a":1}""", """{"a":{"x":{"y":1}}}""", """{"a":{"x":{"y":1}}}""")]
    public void Between_TwoDocuments_NamesOnlyWhatHasChanged(string before, string after, string patch) =>
        Assert.Equal(patch, MergePatch.Between(JsonNode.Parse(before)!.AsObject(), JsonNode.Parse(after)!.AsObject()).ToJsonString());
}
