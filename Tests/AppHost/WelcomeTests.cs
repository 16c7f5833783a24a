using Fleet.AppHost;
using Fleet.AppHost.Local;
using Fleet.AppHost.Settings;
using Fleet.Tests.EndToEnd;

namespace Fleet.Tests.AppHost;

public sealed class WelcomeTests
{
    // Only the sample has a card of that name.
    [Theory]
    [InlineData(null, "Try           curl -H 'Accept: text/html' http://127.0.0.1:5100/elements/hydrogen", "?url=http://127.0.0.1:5100/elements/hydrogen'")]
    [InlineData("--Host:Dist=dist", "Try           curl -A Googlebot http://127.0.0.1:5100/", "?url=http://127.0.0.1:5100/&affinity=realm:http://127.0.0.1:5100/'")]
    [InlineData("--Realms:Root=realms", "Try           curl -A Googlebot http://127.0.0.1:5100/", "?url=http://127.0.0.1:5100/&affinity=realm:http://127.0.0.1:5100/'")]
    public void Show_WhatToTry_IsSomethingThatIsThere(string? argument, string page, string render)
    {
        var settings = AppHostSettings.Read(argument is null ? [] : [argument]);
        var ports = new Dictionary<string, int> { [ResourceNames.Realm] = 5100, [ResourceNames.Manager] = 5200, [ResourceNames.Prerender(0)] = 5301 };
        var output = new RecordedOutput();

        Welcome.Show(Topology.Create(ports, prerenderServers: 1, redis: null, "a-key", settings.Arguments.Settings), new Dictionary<string, int> { [ResourceNames.Realm] = 4711 }, settings, TimeSpan.FromSeconds(1), output);

        Assert.Contains("  realm server  http://127.0.0.1:5100/    process 4711     host app and realms", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"  {page}\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"                curl 'http://127.0.0.1:5200/render{render}\n", output.ToString(), StringComparison.Ordinal);
    }
}
