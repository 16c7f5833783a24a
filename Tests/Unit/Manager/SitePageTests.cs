using System.Text.Json.Serialization.Metadata;
using Fleet.Contracts;
using Fleet.Manager.Jobs;
using Fleet.RealmServer.Site.Operations;

namespace Fleet.Tests.Manager;

/// <summary>The manager reads a part of the realm server's answer about a page, with types of its own: it accepts states and members that it does not know.</summary>
public sealed class SitePageTests
{
    [Fact]
    public void Members_OfWhatIsRead_AreSentByTheRealmServer() => Assert.Empty(MembersOf(typeof(SitePage)).Except(MembersOf(typeof(PageInspection)), StringComparer.Ordinal));

    [Theory]
    [InlineData("stored.startedAt")]
    [InlineData("lastFailure.ageSeconds")]
    [InlineData("mobile")]
    public void Members_OfWhatIsRead_AreThoseOfTheAnswer(string member) => Assert.Contains(member, MembersOf(typeof(SitePage)));

    private static List<string> MembersOf(Type type)
    {
        var found = new List<string>();
        Add(type, "");
        return found;

        void Add(Type type, string prefix)
        {
            foreach (var member in FleetJson.Options.GetTypeInfo(type).Properties.Where(static member => member.Get is not null && member.Name != "renditions"))
            {
                found.Add(prefix + member.Name);
                // A rendition has the members of the page.
                if (member.PropertyType != type && FleetJson.Options.GetTypeInfo(member.PropertyType).Kind == JsonTypeInfoKind.Object)
                {
                    Add(member.PropertyType, $"{prefix}{member.Name}.");
                }
            }
        }
    }
}
