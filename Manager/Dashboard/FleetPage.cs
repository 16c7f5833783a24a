using Fleet.ServiceDefaults.Pages;
using Fleet.ServiceDefaults.Security;

namespace Fleet.Manager.Dashboard;

/// <summary>The fleet page: one self-contained response without a request to any other origin.</summary>
internal static class FleetPage
{
    private static readonly SelfContainedPage s_page = SelfContainedPage.Load(typeof(FleetPage).Assembly, "Fleet.Manager.Dashboard.FleetPage");

    public static void MapFleetPage(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (HttpResponse response) =>
        {
            response.Headers.CacheControl = "no-cache";
            return s_page.Respond(response);
        }).RefuseForeignCallers(allowNavigation: true).ExcludeFromDescription();
}
