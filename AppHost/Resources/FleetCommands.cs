using System.Net.Http.Headers;
using System.Net.Http.Json;
using Fleet.AppHost.Settings;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fleet.AppHost.Resources;

#pragma warning disable ASPIREINTERACTION001 // Arguments of commands are still marked as experimental.

/// <summary>The manager's operator commands on the dashboard.</summary>
internal static class FleetCommands
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    /// <summary>Adds Recycle, Drain, Undrain and Evict, each of which asks for confirmation and returns the fleet's report.</summary>
    public static IResourceBuilder<ProjectResource> WithFleetCommands(
        this IResourceBuilder<ProjectResource> manager, IResourceBuilder<ParameterResource> adminKey, AppHostSettings settings)
    {
        IReadOnlyList<KeyValuePair<string, string>> servers =
            [.. Enumerable.Range(0, settings.Fleet.PrerenderServers).Select(i => KeyValuePair.Create($"prerender-{i}", $"prerender-{i}"))];
        InteractionInput Server() => new() { Name = "server", Label = "Server", InputType = InputType.Choice, Required = true, Options = servers };
        return manager
            .WithFleetCommand(adminKey, "recycle", "Recycle", "Replaces every browser of the fleet. Renders in progress finish first.", "ArrowSync",
                "Recycle every browser of the fleet?", [], _ => (HttpMethod.Post, "fleet/recycle"))
            .WithFleetCommand(adminKey, "drain", "Drain", "Lets one prerender server finish its renders; it takes no new ones.", "ArrowDownload",
                "Drain the server?", [Server()], arguments => (HttpMethod.Post, $"fleet/servers/{Uri.EscapeDataString(arguments.GetString("server")!)}/drain"))
            .WithFleetCommand(adminKey, "undrain", "Undrain", "Lets a drained prerender server take renders again.", "ArrowUpload",
                "Let the server take renders again?", [Server()], arguments => (HttpMethod.Post, $"fleet/servers/{Uri.EscapeDataString(arguments.GetString("server")!)}/undrain"))
            .WithFleetCommand(adminKey, "evict", "Evict", "Closes the warm pages of one affinity on every server.", "Delete",
                "Evict the affinity's pages?",
                [new() { Name = "affinity", Label = "Affinity", InputType = InputType.Text, Required = true, Placeholder = "realm:http://127.0.0.1:5100/elements/" }],
                arguments => (HttpMethod.Delete, $"fleet/affinities/{Uri.EscapeDataString(arguments.GetString("affinity")!)}"));
    }

    private static IResourceBuilder<ProjectResource> WithFleetCommand(
        this IResourceBuilder<ProjectResource> manager, IResourceBuilder<ParameterResource> adminKey,
        string name, string displayName, string description, string icon, string confirmation,
        IReadOnlyList<InteractionInput> arguments, Func<InteractionInputCollection, (HttpMethod Method, string Path)> request) =>
        manager.WithCommand(name, displayName, context => ExecuteAsync(manager.Resource, adminKey.Resource, request(context.Arguments), context.CancellationToken), new CommandOptions
        {
            Description = description,
            ConfirmationMessage = confirmation,
            IconName = icon,
            Arguments = arguments,
            IsHighlighted = name is "recycle",
            UpdateState = command => command.ResourceSnapshot.HealthStatus is HealthStatus.Healthy ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });

    private static async Task<ExecuteCommandResult> ExecuteAsync(
        ProjectResource manager, ParameterResource adminKey, (HttpMethod Method, string Path) request, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(manager.GetEndpoint("http").Url), Timeout = s_timeout };
        using var message = new HttpRequestMessage(request.Method, request.Path);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await adminKey.GetValueAsync(cancellationToken));
        try
        {
            using var response = await client.SendAsync(message, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? CommandResults.Success("Done.", body, CommandResultFormat.Json)
                : CommandResults.Failure($"The manager answered {(int)response.StatusCode}.", body, CommandResultFormat.Json);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return CommandResults.Failure($"The manager did not answer: {e.Message}");
        }
    }
}
