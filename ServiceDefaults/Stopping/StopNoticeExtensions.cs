using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fleet.ServiceDefaults.Stopping;

/// <summary>Gives notice before a stop.</summary>
public static class StopNoticeExtensions
{
    /// <summary>Goes on answering for <c>Fleet:StopNotice</c> when the service is told to stop. Call it after everything else: hosted services are
    /// told to stop in the reverse order, and nothing may refuse anybody before the notice is over.</summary>
    public static IHostApplicationBuilder AddStopNotice(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StopNotice>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<StopNotice>());
        builder.Services.AddHealthChecks().AddCheck<StopNotice>("stop-notice");
        builder.Services.AddTransient<IStartupFilter, CloseConnections>();
        return builder;
    }

    private sealed class CloseConnections(StopNotice notice) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, following) =>
            {
                // Looked at when the answer begins: a stop may have come meanwhile. HTTP/2 has its own way to say it, and the server uses it.
                if (HttpProtocol.IsHttp11(http.Request.Protocol))
                {
                    http.Response.OnStarting(static state =>
                    {
                        var (notice, response) = ((StopNotice, HttpResponse))state;
                        if (notice.IsGiven)
                        {
                            response.Headers.Connection = "close";
                        }

                        return Task.CompletedTask;
                    }, (notice, http.Response));
                }

                return following(http);
            });
            next(app);
        };
    }
}
