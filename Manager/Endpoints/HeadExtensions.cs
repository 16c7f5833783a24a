namespace Fleet.Manager.Endpoints;

/// <summary>Maps routes that answer <c>HEAD</c> like <c>GET</c>, without a body.</summary>
internal static class HeadExtensions
{
    /// <summary>Maps a handler to both methods. Returns the <c>GET</c> route: the OpenAPI document describes only that one.</summary>
    public static RouteHandlerBuilder MapGetAndHead(this IEndpointRouteBuilder routes, string pattern, Delegate handler)
    {
        routes.MapMethods(pattern, [HttpMethods.Head], handler).ExcludeFromDescription();
        return routes.MapGet(pattern, handler);
    }
}
