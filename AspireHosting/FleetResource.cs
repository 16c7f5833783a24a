namespace Aspire.Hosting.ApplicationModel;

/// <summary>A prerender fleet in one process, <c>fleet serve</c>: a realm server (endpoint <c>site</c>), a manager (endpoint <c>manager</c>), a pool of browser pages and its own Redis.
/// Its connection string is the address of the manager, as <c>Fleet.Client</c> expects it.</summary>
/// <param name="name">Name of the resource.</param>
/// <param name="command">Program to start.</param>
/// <param name="workingDirectory">Folder that it is started in.</param>
public sealed class FleetResource(string name, string command, string workingDirectory) : ExecutableResource(name, command, workingDirectory), IResourceWithConnectionString
{
    internal const string SiteEndpointName = "site";
    internal const string ManagerEndpointName = "manager";

    /// <summary>The realm server: the host app and its prerendered pages.</summary>
    public EndpointReference SiteEndpoint => new(this, SiteEndpointName);

    /// <summary>The manager: renders, screenshots, PDFs, and the fleet page.</summary>
    public EndpointReference ManagerEndpoint => new(this, ManagerEndpointName);

    /// <summary>The key of the operator routes; generated unless the configuration has the parameter <c>&lt;name&gt;-admin-key</c>. An application that only renders public pages does not need it.</summary>
    public ParameterResource AdminKey { get; internal set; } = null!;

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"Endpoint={ManagerEndpoint.Property(EndpointProperty.Url)}");
}
