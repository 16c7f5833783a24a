using System.Net.Http.Headers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.AppHost.Aspire;

/// <summary>The operator's button on the dashboard.</summary>
internal static class RecycleCommandExtensions
{
    /// <summary>Adds "Recycle pages": every prerender server replaces its pages, the busy ones after their render.</summary>
    public static IResourceBuilder<ProjectResource> WithRecycleCommand(
        this IResourceBuilder<ProjectResource> manager, IResourceBuilder<ParameterResource> adminKey) =>
        manager.WithHttpCommand(
            path: "/fleet/recycle",
            displayName: "Recycle pages",
            commandName: "recycle-pages",
            commandOptions: new HttpCommandOptions
            {
                Description = "Replace every page of the fleet. Renders that run finish first.",
                ConfirmationMessage = "Recycle every page of the fleet?",
                IconName = "ArrowSync",
                IsHighlighted = true,
                Method = HttpMethod.Post,
                ResultMode = HttpCommandResultMode.Json,
                PrepareRequest = async request =>
                {
                    var key = await adminKey.Resource.GetValueAsync(request.CancellationToken).ConfigureAwait(false);
                    request.Request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
                },
                UpdateState = command => command.ResourceSnapshot.HealthStatus is HealthStatus.Healthy
                    ? ResourceCommandState.Enabled
                    : ResourceCommandState.Disabled,
            });
}
