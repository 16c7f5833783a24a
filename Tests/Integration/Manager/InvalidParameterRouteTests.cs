using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests.Manager;

/// <summary>Every parameter of every route that is read as a number or as a truth value.</summary>
public sealed partial class InvalidParameterRouteTests
{
    [Fact]
    public async Task Get_ValueOfAnotherType_IsNamedWithParameterAndValue()
    {
        await using var manager = await ManagerUnderTest.StartAsync("--Manager:Dialects:Prerender=true", "--Manager:Dialects:Rendertron=true", "--Manager:Dialects:Browserless=true", "--Manager:Dialects:Gotenberg=true");
        await manager.AddServerAsync("prerender-0");
        var parameters = manager.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true)
            .SelectMany(route => route.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
                .Where(parameter => parameter.HasTryParse && parameter.ParameterInfo.ParameterType.IsValueType && route.RoutePattern.GetParameter(parameter.Name) is null)
                .Select(parameter => (Path: Placeholder().Replace(route.RoutePattern.RawText!, placeholder => placeholder.Value == "{**url}" ? ManagerUnderTest.Card : "1"), parameter.Name)))
            .ToList();
        Assert.True(parameters.Count > 15, $"{parameters.Count} parameters.");

        foreach (var (path, name) in parameters)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/{path.TrimStart('/')}?{name}=x!");
            request.Headers.Authorization = new("Bearer", ManagerUnderTest.AdminKey);
            using var response = await manager.Client.SendAsync(request, TestContext.Current.CancellationToken);
            var detail = ManagerUnderTest.Detail(await ManagerUnderTest.AssertProblemAsync(response, 400, "bad-request"));
            Assert.StartsWith($"'{char.ToLowerInvariant(name[0])}{name[1..]}' is 'x!', which is not ", detail, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Placeholder();
}
