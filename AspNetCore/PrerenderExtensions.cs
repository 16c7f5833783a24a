using Fleet.AspNetCore;
using Fleet.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds prerendering to an ASP.NET Core application.</summary>
public static class PrerenderExtensions
{
    /// <summary>Answers crawlers (search engines, link previews, AI) with pages that a fleet renders, with the page's own status, redirects and headers. Place it before the
    /// static files and routes of the app, and call <c>builder.AddFleetClient()</c> first. The fleet must allow the site's origin (<c>Fleet:AllowedOrigins</c>).</summary>
    /// <param name="app">The application.</param>
    /// <param name="configure">Changes the options of the section <c>Fleet:Prerender</c>.</param>
    /// <exception cref="InvalidOperationException">There is no <see cref="FleetClient"/>.</exception>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public static IApplicationBuilder UsePrerender(this IApplicationBuilder app, Action<PrerenderOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = new PrerenderOptions();
        app.ApplicationServices.GetRequiredService<IConfiguration>().GetSection(PrerenderOptions.Section).Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        configure?.Invoke(options);
        options.Validate();
        var fleet = app.ApplicationServices.GetService<FleetClient>() ?? throw new InvalidOperationException("UsePrerender needs the client of a fleet: call builder.AddFleetClient() before builder.Build().");
        return app.UseMiddleware<PrerenderMiddleware>(fleet, options);
    }
}
