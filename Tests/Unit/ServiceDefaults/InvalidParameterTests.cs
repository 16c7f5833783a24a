using System.Reflection;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>A value of the query or the route that is not of its parameter's type.</summary>
public sealed class InvalidParameterTests
{
    [Theory]
    [InlineData("?scale=2&all=true&ratio=1.5", "7", null)]
    [InlineData("?scale=&other=x", "7", null)]
    [InlineData("?scale=NaN", "7", "'scale' is 'NaN', which is not a whole number between 1 and 4.")]
    [InlineData("?scale=1&scale=2", "7", "'scale' is '1,2', which is not a whole number between 1 and 4.")]
    [InlineData("?count=1e3", "7", "'count' is '1e3', which is not a whole number between -2147483648 and 2147483647.")]
    [InlineData("?all=perhaps", "7", "'all' is 'perhaps', which is not true or false.")]
    [InlineData("?ratio=half&all=perhaps", "7", "'all' is 'perhaps', which is not true or false.")]
    [InlineData("?ratio=half", "7", "'ratio' is 'half', which is not a number.")]
    [InlineData("?text=anything", "seven", "'id' is 'seven', which is not a whole number between -9223372036854775808 and 9223372036854775807.")]
    public void Explain_Value_NamesParameterValueAndBounds(string query, string id, string? expected)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        Assert.Equal(expected, InvalidParameter.Explain(http.Request, s_endpoint, new RouteValueDictionary { ["id"] = id }));
    }

    [Fact]
    public void Explain_NoEndpoint_IsNull() => Assert.Null(InvalidParameter.Explain(new DefaultHttpContext().Request, null, null));

    private static readonly Endpoint s_endpoint = new(null, new EndpointMetadataCollection(
        typeof(InvalidParameterTests).GetMethod(nameof(Handle), BindingFlags.NonPublic | BindingFlags.Static)!.GetParameters().Select(static parameter => new Parameter(parameter))), null);

#pragma warning disable IDE0060 // Its parameters are what the tests need.
    private static void Handle(long id, int? scale, int count, bool? all, double? ratio, string? text)
    {
    }
#pragma warning restore IDE0060

    private sealed record Parameter(ParameterInfo ParameterInfo) : IParameterBindingMetadata
    {
        public string Name => ParameterInfo.Name!;

        public bool HasTryParse => true;

        public bool HasBindAsync => false;

        public bool IsOptional => true;
    }
}
