using System.Reflection;

namespace Fleet.AppHost.Aspire;

/// <summary>Where a service's project is. The generated <c>Projects</c> classes say the same, but exist only for projects that the AppHost
/// does not reference as assemblies; this one does, for its other composition.</summary>
internal abstract class ServiceProject(string name) : IProjectMetadata
{
    private static readonly string s_root = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "FleetRoot").Value!;

    public string ProjectPath => Path.GetFullPath(Path.Combine(s_root, name, $"{name}.csproj"));

    // The AppHost's build has built it; two servers of one project must not build it at the same time.
    public bool SuppressBuild => true;
}

internal sealed class RealmServerProject() : ServiceProject("RealmServer");

internal sealed class ManagerProject() : ServiceProject("Manager");

internal sealed class PrerenderServerProject() : ServiceProject("PrerenderServer");
