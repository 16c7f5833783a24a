using System.Text;
using Fleet.ServiceDefaults.Security;

namespace Fleet.Manager.Dashboard;

/// <summary>The fleet page: one self-contained file, embedded in the assembly.</summary>
internal static class FleetPage
{
    // Script and style are inline, and the page connects to this manager only.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string s_html = Read();

    public static void MapFleetPage(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (HttpResponse response) =>
        {
            response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
            response.Headers.CacheControl = "no-cache";
            return TypedResults.Content(s_html, "text/html", Encoding.UTF8);
        }).RefuseForeignCallers(allowNavigation: true).ExcludeFromDescription();

    private static string Read()
    {
        using var stream = typeof(FleetPage).Assembly.GetManifestResourceStream("Fleet.Manager.Dashboard.FleetPage.html")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
