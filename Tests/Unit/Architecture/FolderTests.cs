using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using Assembly = System.Reflection.Assembly;

namespace Fleet.Tests.Architecture;

/// <summary>The folders of a service depend on each other in one direction, without a cycle. The root folder
/// composes the others and is exempt.</summary>
public sealed class FolderTests
{
    [Theory]
    [InlineData("Fleet.Manager")]
    [InlineData("Fleet.PrerenderServer")]
    [InlineData("Fleet.RealmServer")]
    [InlineData("Fleet.PrerenderServer.Browser")]
    [InlineData("Fleet.PrerenderServer.Pool.Core")]
    [InlineData("Fleet.PrerenderServer.Rendering")]
    [InlineData("Fleet.RealmServer.Site")]
    [InlineData("Fleet.Registry")]
    [InlineData("Fleet.ServiceDefaults")]
    public void Folders_BelowANamespace_HaveNoCycle(string root)
    {
        var architecture = new ArchLoader().LoadAssembly(Assembly.Load(string.Join('.', root.Split('.').Take(2)))).Build();

        var cycles = SliceRuleDefinition.Slices().Matching($"{root}.(*)..").Should().BeFreeOfCycles()
            .Evaluate(architecture).Where(result => !result.Passed).Select(result => result.Description).ToList();

        Assert.True(cycles.Count == 0, string.Join('\n', cycles));
    }
}
