using System.Net;
using System.Net.Sockets;
using Fleet.AppHost.Local;

namespace Fleet.Tests.EndToEnd;

/// <summary>The AppHost as a process: what stops its start, and that it leaves nothing behind however it ends.</summary>
[Collection(HeavyCollection.Name)]
public sealed class AppHostProcessTests
{
    private const int Interrupt = 2;
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Start_PortTaken_NamesPortAndSettingAndStartsNothing()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var appHost = AppHostProcess.Start($"--Fleet:Ports:Manager={port}");

        var (exitCode, said) = await appHost.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains($"Port {port}, wanted by manager, is taken. Free it, or set Fleet:Ports:Manager", said, StringComparison.Ordinal);
        AssertNoStackTrace(said);
        await appHost.NothingLeftAsync(s_endLimit);
    }

    [Theory]
    [InlineData("--ConnectionStrings:redis=127.0.0.1:1", "No Redis answers at 127.0.0.1:1 (ConnectionStrings:redis)")]
    [InlineData("--Browser:ExecutablePath=/no/such/chromium", "Browser:ExecutablePath is '/no/such/chromium'")]
    [InlineData("--Fleet:Ports:Realm=x", "Failed to convert configuration value 'x' at 'Fleet:Ports:Realm'")]
    [InlineData("--Fleet:Prots:Realm=1", "Unknown setting under Fleet: 'Prots'")]
    public async Task Start_WrongSetting_SaysSoInOneSentence(string argument, string sentence)
    {
        await using var appHost = AppHostProcess.Start(argument);

        var (exitCode, said) = await appHost.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("The fleet cannot start: ", said, StringComparison.Ordinal);
        Assert.Contains(sentence, said, StringComparison.Ordinal);
        AssertNoStackTrace(said);
        await appHost.NothingLeftAsync(s_endLimit);
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Signals.Terminate)]
    public async Task Signal_WhileItRuns_DrainsAndLeavesNoProcess(int signal)
    {
        await using var appHost = AppHostProcess.Start();
        await appHost.LineAsync("Ready in ");
        Assert.True(appHost.Descendants().Count >= 5, "Redis, three services and a browser run.");

        // Twice at once, as a terminal and a wrapper in front do together: that is not the user's second, impatient one.
        Signals.Send(appHost.Id, signal);
        Signals.Send(appHost.Id, signal);
        var (exitCode, said) = await appHost.EndAsync();

        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("killing it", said, StringComparison.Ordinal);
        await appHost.NothingLeftAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Kill_OfTheAppHost_LeavesNoProcess()
    {
        await using var appHost = AppHostProcess.Start();
        await appHost.LineAsync("Ready in ");

        Signals.Send(appHost.Id, Signals.Kill);

        await appHost.EndAsync();
        await appHost.NothingLeftAsync(s_endLimit);
    }

    [Fact]
    public async Task Kill_OfAResource_StartsItAgain()
    {
        await using var appHost = AppHostProcess.Start();
        var manager = await appHost.AddressAsync("manager");
        var process = appHost.Descendants().Single(id => AppHostProcess.CommandLine(id).Contains("Fleet.Manager.dll", StringComparison.Ordinal));

        Signals.Send(process, Signals.Kill);

        await appHost.LineAsync("manager ended unasked with exit code 137. Starting it again in 1 s");
        await appHost.LineAsync("manager is started again");
        using var client = new HttpClient();
        await Eventually.TrueAsync(
            async () => await AnswersAsync(client, new Uri(manager, "health")), s_endLimit, () => "the manager healthy again");
    }

    [Fact]
    public async Task Start_RedisInMemory_ServesTheMainJobInOneProcess()
    {
        await using var appHost = AppHostProcess.Start("--Fleet:Redis=memory");
        var realm = await appHost.AddressAsync("realm server");
        var manager = await appHost.AddressAsync("manager");
        using var client = new HttpClient();

        var html = await client.GetStringAsync(
            new Uri(manager, $"render?url={Uri.EscapeDataString(new Uri(realm, "elements/neon").AbsoluteUri)}"), TestContext.Current.CancellationToken);

        Assert.Contains("Neon", html, StringComparison.Ordinal);
        Assert.DoesNotContain(appHost.Descendants(), id => AppHostProcess.CommandLine(id).Contains("Fleet.Manager", StringComparison.Ordinal));
        Signals.Send(appHost.Id, Interrupt);
        Assert.Equal(0, (await appHost.EndAsync()).ExitCode);
        await appHost.NothingLeftAsync(TimeSpan.FromSeconds(5));
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri url)
    {
        try
        {
            using var response = await client.GetAsync(url, TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static void AssertNoStackTrace(string said) => Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
}
