namespace Fleet.Contracts;

/// <summary>A manager or a realm server, as it announces itself.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its resource name and a part that is unique to its start: <c>manager/1f0c2b7a</c>.</param>
/// <param name="Version">Version of its assemblies.</param>
/// <param name="StartedAt">When it started, by its own clock.</param>
public sealed record ServiceRecord(ServiceKind Kind, string Name, string Version, DateTimeOffset StartedAt);

/// <summary>Which service announces itself. Prerender servers register a <see cref="ServerRecord"/>.</summary>
public enum ServiceKind
{
    /// <summary>Routes renders.</summary>
    Manager,

    /// <summary>Serves the host app and realms.</summary>
    RealmServer,
}
