namespace Fleet.RealmServer.Reporting;

/// <summary>This replica's name in the registry: readable, and another one after every start, so that a restarted replica cannot be
/// taken for the one that died.</summary>
internal sealed class RealmInstance(IConfiguration configuration)
{
    public string Name { get; } = $"{configuration["OTEL_SERVICE_NAME"] ?? "realm"}/{Guid.NewGuid().ToString("N")[..8]}";
}
