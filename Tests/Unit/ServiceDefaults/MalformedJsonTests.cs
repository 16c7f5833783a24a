using System.Reflection;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.Tests.ServiceDefaults;

public sealed class MalformedJsonTests
{
    private static readonly string[] s_kinds = ["[[[1]]]", "[1]", "{\"a\":[]}", "\"x\"", "\"\\ud800\"", "99999999999999999999", "1.5", "true"];

    public static TheoryData<Type, string> Members =>
    [
        .. from type in (Type[])[typeof(RenderRequest), typeof(ScreenshotRequest), typeof(CommandRequest), typeof(RenderCredentials), typeof(PdfOptions)]
           from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           where property.CanWrite && property.PropertyType != typeof(JsonElement?)
           select new TheoryDataRow<Type, string>(type, JsonNamingPolicy.CamelCase.ConvertName(property.Name)),
    ];

    [Theory, MemberData(nameof(Members))]
    public void Explain_MemberOfTheWrongKind_IsNamedWithoutATypeOfDotNet(Type type, string member)
    {
        var refused = 0;
        foreach (var value in s_kinds)
        {
            try
            {
                JsonSerializer.Deserialize($"{{\"{member}\":{value}}}", type, FleetJson.Options);
            }
            catch (JsonException e) when (e.Path is { Length: > 1 })
            {
                refused++;
                var explained = MalformedJson.Explain(e);
                Assert.Contains(member, explained, StringComparison.Ordinal);
                Assert.DoesNotContain("System.", explained, StringComparison.Ordinal);
                Assert.DoesNotContain("Fleet.", explained, StringComparison.Ordinal);
            }
            catch (JsonException e)
            {
                // The value is right, and another member is missing.
                Assert.Matches("^The body lacks '", MalformedJson.Explain(e));
            }
        }

        Assert.True(refused >= 4, $"{refused} of {s_kinds.Length} values were refused.");
    }

    [Theory]
    [InlineData("[[[1]]]", "The body must be an object.")]
    [InlineData("{\"url\":\"http://a/\",\"priority\":[1]}", "The body's $.priority must be a whole number between 0 and 10.")]
    [InlineData("{\"url\":\"http://a/\",\"deadlineMs\":99999999999999999999}", "The body's $.deadlineMs must be a whole number between 100 and 120000.")]
    [InlineData("{\"url\":\"http://a/\\ud800\"}", "The body's $.url must be a string of valid Unicode.")]
    [InlineData("{\"url\":\"http://a/\",\"formats\":1}", "The body's $.formats must be a list.")]
    [InlineData("{}", "The body lacks 'url'.")]
    public void Explain_Body_SaysWhatIsExpected(string body, string expected) =>
        Assert.Equal(expected, MalformedJson.Explain(Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<RenderRequest>(body, FleetJson.Options))));

    [Theory]
    [InlineData("$.priority", "a list")]
    [InlineData("$.pdf.scale", "\"wide\"")]
    [InlineData("$.urls[1]", "an object")]
    [InlineData("$", "an object")]
    [InlineData("$['x-a.b'][0]", "true")]
    [InlineData("$.long", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…")]
    [InlineData("$.urls[2]", null)]
    [InlineData("$.missing", null)]
    [InlineData("$.priority.a", null)]
    [InlineData("$.credentials.authorization", null)]
    [InlineData("$.Credentials", null)]
    [InlineData("$.headers.authorization", null)]
    public void Find_PathOfAValue_IsItsTextButNoSecret(string path, string? expected)
    {
        using var body = JsonDocument.Parse($$"""
            {"priority":[1],"pdf":{"scale":"wide"},"urls":["a",{"a": 1}],"x-a.b":[true],"long":"{{new string('a', 100)}}","credentials":{"authorization":["secret"]},"Credentials":"secret","headers":{"authorization":"secret"} }
            """);
        Assert.Equal(expected, RepeatableBody.Find(body.RootElement, path));
    }

    [Fact]
    public void Explain_LengthOfAPdf_IsANumber() => Assert.Equal(
        "The body's $.pdf.scale must be a number.",
        MalformedJson.Explain(Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<ScreenshotRequest>("{\"url\":\"http://a/\",\"pdf\":{\"scale\":\"x\"}}", FleetJson.Options))));

    [Theory]
    [InlineData("Required parameter \"RenderRequest request\" was not provided from body.")]
    [InlineData("Implicit body inferred for parameter \"request\" but no body was provided. Did you mean to use a Service instead?")]
    public void Explain_RequestWithoutBody_NamesNoParameterOfAMethod(string message) => Assert.Equal("The request has no JSON body.", MissingBody.Explain(message));
}
