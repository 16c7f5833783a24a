using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fleet.ServiceDefaults.Stopping;

/// <summary>Registers the notice before a stop.</summary>
public static class StopNoticeExtensions
{
    /// <summary>Keeps the service answering for <c>Fleet:StopNotice</c> when it stops. Call it last: stopping callbacks run in reverse order of
    /// registration, and no service may reject requests before the notice is over.</summary>
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
                // Checked when the response starts, because the notice may begin during the request. For HTTP/2 the server sends GOAWAY itself.
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
