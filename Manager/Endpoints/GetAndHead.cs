using Microsoft.AspNetCore.OpenApi;

namespace Fleet.Manager.Endpoints;

/// <summary>Routes that answer <c>HEAD</c> like <c>GET</c>, without a body.</summary>
internal static class GetAndHead
{
    /// <summary>The methods of such a route.</summary>
    public static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Describes only <c>GET</c>.</summary>
    public static void OmitHead(this OpenApiOptions options) => options.AddDocumentTransformer(static (document, _, _) =>
    {
        foreach (var path in document.Paths.Values)
        {
            path.Operations?.Remove(HttpMethod.Head);
        }

        return Task.CompletedTask;
    });
}
