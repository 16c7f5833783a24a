namespace Fleet.AppHost.Aspire;

/// <summary>A <c>redis-server</c> process of the developer's machine.</summary>
internal sealed class LocalRedisResource(string name) : ExecutableResource(name, Program, workingDirectory: "."), IResourceWithConnectionString
{
    /// <summary>The command.</summary>
    public const string Program = "redis-server";

    /// <summary>Name of its one endpoint.</summary>
    public const string EndpointName = "tcp";

    /// <summary>Host and port.</summary>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{new EndpointReference(this, EndpointName).Property(EndpointProperty.HostAndPort)}");
}
