using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.Manager.Dashboard;

namespace Fleet.Tests.Manager;

public sealed partial class TryItFormTests
{
    [Fact]
    public void Form_EveryOptionOfAPage_HasAField()
    {
        var form = Page()[Page().IndexOf("<form id=\"try\">", StringComparison.Ordinal)..];
        var fields = Names().Matches(form[..form.IndexOf("</form>", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value);

        // The key decides which affinities the caller may use; the form always renders for a person who waits.
        var options = typeof(PageRequest).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))
            .Except(["affinity", "priority", "accept", "credentials", "equalityContract"]);
        Assert.Empty(options.Except(fields));
    }

    [GeneratedRegex("name=\"(\\w+)\"")]
    private static partial Regex Names();

    private static string Page()
    {
        using var stream = typeof(FleetPageStream).Assembly.GetManifestResourceStream(
            typeof(FleetPageStream).Assembly.GetManifestResourceNames().Single(name => name.EndsWith("FleetPage.html", StringComparison.Ordinal)))!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
