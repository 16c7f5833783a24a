using Fleet.ServiceDefaults.Pages;
using Fleet.ServiceDefaults.Security;

namespace Fleet.Manager.Dashboard;

/// <summary>The fleet page: one self-contained response without a request to any other origin.</summary>
internal static class FleetPage
{
    private const string Folder = "Fleet.Manager.Dashboard.";

    private static readonly string[] s_scripts = ["dom", "state", "calls", "actions", "servers", "drawing", "charts", "overview", "stream", "renders", "store", "jobs", "try", "start"];

    private static readonly SelfContainedPage s_page = SelfContainedPage.Load(typeof(FleetPage).Assembly, Folder + "FleetPage", s_scripts.Select(static script => $"{Folder}Scripts.{script}"));

    public static void MapFleetPage(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (HttpResponse response) =>
        {
            response.Headers.CacheControl = "no-cache";
            return s_page.Respond(response);
        }).RefuseForeignCallers(allowNavigation: true).ExcludeFromDescription();
}
