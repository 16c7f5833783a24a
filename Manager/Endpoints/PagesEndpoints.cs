using Fleet.Contracts;
using Fleet.Manager.Servers;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Mvc;

namespace Fleet.Manager.Endpoints;

/// <summary>The realm server's API for stored pages, for the fleet page and for operators who reach only the manager.</summary>
internal static class PagesEndpoints
{
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/_pages").ExcludeFromDescription().RequireAdminKey().RefuseForeignCallers();
        pages.MapGet("", ReadAsync);
        pages.MapGet("/page", ReadAsync);
        pages.MapPost("/recache", ChangeAsync).WithMetadata(new RequestSizeLimitAttribute(PagesRequest.MaxBodyBytes));
        pages.MapPost("/purge", ChangeAsync).WithMetadata(new RequestSizeLimitAttribute(PagesRequest.MaxBodyBytes));
    }

    private static Task<IResult> ReadAsync(HttpContext http, PagesClient pages) => SendAsync(HttpMethod.Get, null, http, pages);

    private static Task<IResult> ChangeAsync(HttpContext http, PagesClient pages)
    {
        var body = new StreamContent(http.Request.Body);
        body.Headers.TryAddWithoutValidation("Content-Type", http.Request.ContentType);
        return SendAsync(HttpMethod.Post, body, http, pages);
    }

    private static Task<IResult> SendAsync(HttpMethod method, HttpContent? body, HttpContext http, PagesClient pages) =>
        pages.SendAsync(method, http.Request.Path + http.Request.QueryString, body, http.Request.Headers.Authorization, http.RequestAborted);
}
