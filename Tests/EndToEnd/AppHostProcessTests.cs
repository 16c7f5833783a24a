using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Fleet.Tests.Processes;

namespace Fleet.Tests.EndToEnd;

/// <summary>The AppHost as a process: its output, the errors that stop its start, and that no process is left however it ends.</summary>
public sealed class AppHostProcessTests
{
    // Orderly stops take about 7 s on an idle machine.
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Start_PortTaken_NamesPortAndSettingAndStartsNothing()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var appHost = AppHostProcess.Start($"--Fleet:Ports:Manager={port}");

        var (exitCode, output) = await appHost.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains($"Port {port} of manager is taken. Free it, or set Fleet:Ports:Manager", output, StringComparison.Ordinal);
        AssertNoStackTrace(output);
        await appHost.NothingLeftAsync(s_endLimit);
    }

    [Theory]
    [InlineData("--Browser:ExecutablePath=/no/such/chromium", "Browser:ExecutablePath is '/no/such/chromium'")]
    [InlineData("--Fleet:Ports:Realm=x", "Fleet:Ports:Realm is 'x': it must be a whole number.")]
    [InlineData("--Fleet:Prots:Realm=1", "Unknown setting under Fleet: 'Prots'")]
    [InlineData("--Flet:Ports:Realm=1", "--Flet:Ports:Realm is not a setting")]
    public async Task Start_WrongSetting_SaysSoInOneSentence(string argument, string sentence)
    {
        await using var appHost = AppHostProcess.Start(argument);

        var (exitCode, output) = await appHost.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("The fleet cannot start: ", output, StringComparison.Ordinal);
        Assert.Contains(sentence, output, StringComparison.Ordinal);
        AssertNoStackTrace(output);
        await appHost.NothingLeftAsync(s_endLimit);
    }

    [Fact]
    public async Task Run_UntilInterrupted_PrintsWhatToTryAndLeavesNothing()
    {
        Assert.SkipWhen(Signals.IsIgnored(Signals.Interrupt), "The tests were started with SIGINT ignored, as by 'nohup dotnet test &'; what they start inherits that.");
        await using var appHost = AppHostProcess.Run();
        Assert.Matches("http://127.0.0.1:[0-9]+/login\\?t=[0-9a-f]+", await appHost.LineAsync("Login to the dashboard at "));
        var (realm, manager) = ((await appHost.RowAsync("realm"))[0], (await appHost.RowAsync("manager"))[0]);
        Assert.Contains($"curl '{manager}render?url={realm}elements/hydrogen'", await appHost.LineAsync("  Try "), StringComparison.Ordinal);
        Assert.Matches("First index: 155 of 155 cards are prerendered and stored, [0-9]+ s", await appHost.LineAsync("First index: 155 "));

        await StopsAsync(appHost, () =>
        {
            // A terminal sends it to all processes of the foreground.
            Signals.Send(appHost.ChildId, Signals.Interrupt);
            Signals.Send(appHost.Id, Signals.Interrupt);
        });
    }

    [Fact]
    public async Task Terminate_WhileItRuns_LeavesNothing()
    {
        await using var appHost = AppHostProcess.Run("--Index:Enabled=false");
        await appHost.LineAsync("Ready after ");

        await StopsAsync(appHost, () => Signals.Send(appHost.Id, Signals.Terminate));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_OfTheAppHostOrOfTheDotnetRunInFront_LeavesNothing(bool wrapper)
    {
        await using var appHost = wrapper ? AppHostProcess.Run("--Index:Enabled=false") : AppHostProcess.Start("--Index:Enabled=false");
        await appHost.LineAsync("Ready after ");
        AssertRuns(appHost);

        Signals.Send(appHost.Id, Signals.Kill);

        await appHost.EndAsync();
        await appHost.NothingLeftAsync(s_endLimit);
    }

    private static async Task StopsAsync(AppHostProcess appHost, Action stop)
    {
        AssertRuns(appHost);
        var ports = new List<int>();
        foreach (var resource in (string[])["realm", "manager", "prerender-0", "redis"])
        {
            ports.Add(int.Parse((await appHost.RowAsync(resource))[0].TrimEnd('/').Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture));
        }

        var began = Stopwatch.GetTimestamp();
        stop();
        var (exitCode, output) = await appHost.EndAsync();

        var took = Stopwatch.GetElapsedTime(began);
        TestContext.Current.TestOutputHelper?.WriteLine($"Stopped in {took.TotalSeconds:0.0} s.");
        Assert.True(exitCode == 0, $"Exit code {exitCode}. It output:\n{output}");
        Assert.InRange(took, TimeSpan.Zero, s_stopLimit);
        await appHost.NothingLeftAsync(TimeSpan.FromSeconds(5));
        foreach (var port in ports)
        {
            using var free = new TcpListener(IPAddress.Loopback, port);
            free.Start();
        }
    }

    private static void AssertRuns(AppHostProcess appHost)
    {
        Assert.Equal(4, ServiceProcesses(appHost).Count);
        Assert.Contains(appHost.Descendants(), id => ProcessTree.CommandLine(id).Contains("--headless", StringComparison.Ordinal));
    }

    private static List<int> ServiceProcesses(AppHostProcess appHost) =>
        [.. appHost.Descendants().Where(id => ProcessTree.CommandLine(id) is var line && s_services.Any(service => line.Contains("/Fleet." + service, StringComparison.Ordinal)))];

    private static readonly string[] s_services = ["Garnet", "RealmServer", "Manager", "PrerenderServer"];

    private static void AssertNoStackTrace(string output) => Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
}
