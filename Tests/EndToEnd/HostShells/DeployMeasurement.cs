namespace Fleet.Tests.HostShells;

/// <summary>The table in <c>docs/host-shell.md</c>: <c>FLEET_SHELL_MEASURE=1 dotnet test Tests/EndToEnd --filter FullyQualifiedName~DeployMeasurement</c>
/// writes it to <c>artifacts/host-shell.md</c>.</summary>
public sealed class DeployMeasurement
{
    [Fact]
    public async Task Table()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("FLEET_SHELL_MEASURE") == "1", "A measurement, made on demand: set FLEET_SHELL_MEASURE=1.");
        var rows = new List<string> { DeployReport.Head };
        foreach (var servers in (int[])[1, 2, 4])
        {
            await using var fleet = await ShellFleet.StartAsync(servers);
            var report = await new DeployUnderLoad(fleet, slotsPerServer: 2).RunAsync(deploys: 25);
            rows.Add(report.ToString());
            TestContext.Current.TestOutputHelper?.WriteLine($"{servers} servers, the slots at the worst moment: {report.Least}; found in the store: {report.Found ?? "good pages only"}");
        }

        var file = Docs.Repository.File("artifacts/host-shell.md");
        await File.WriteAllLinesAsync(file, rows, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', rows));
    }
}
