using System.CommandLine;
using Fleet.Standalone.CommandLine;
using Fleet.Standalone.Rendering;
using Fleet.Standalone.Serving;

namespace Fleet.Tests.Standalone;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("serve --prot 5100", "fleet: '--prot' is not an option of fleet serve; did you mean '--port'?", "'fleet serve --help' shows how to use it.")]
    [InlineData("render --devce mobile http://a.example/", "fleet: '--devce' is not an option of fleet render; did you mean '--device'?", "'fleet render --help' shows how to use it.")]
    [InlineData("serv", "fleet: 'serv' is not a command of fleet; did you mean 'serve'?", "'fleet --help' shows how to use it.")]
    [InlineData("--prot 5100", "fleet: '--prot' is not an option of fleet. Its options: --help, --version.", "'fleet --help' shows how to use it.")]
    [InlineData("serve 5100", "fleet: Unrecognized command or argument '5100'.", "'fleet serve --help' shows how to use it.")]
    [InlineData("serve --port abc", "fleet: --port is 'abc': it must be a whole number from 0 to 65535.", "'fleet serve --help' shows how to use it.")]
    [InlineData("serve --port 65536", "fleet: --port is '65536': it must be a whole number from 0 to 65535.", null)]
    [InlineData("serve --port 65500", "fleet: --port is 65500, which makes the manager's port 65600: ports end at 65535, so give another with --manager-port.", null)]
    [InlineData("serve --port 7 --manager-port 7", "fleet: --manager-port is 7, which is --port too: give another; 0 means any free one.", null)]
    [InlineData("serve --dist /no/such/folder", "fleet: --dist is '/no/such/folder': there is no such folder. Build the app first, or name the folder that has its index.html.", null)]
    [InlineData("serve --realms /no/such/folder", "fleet: --realms is '/no/such/folder': there is no such folder. Name the folder that has one folder per realm.", null)]
    [InlineData("serve --admin-key-file /no/such/file", "fleet: --admin-key-file is '/no/such/file': there is no such file. Write a key of 32 to 256 characters into it first.", null)]
    [InlineData("serve --data /proc/version", "fleet: --data is '/proc/version', which is a file: name a folder; it is created if need be.", null)]
    [InlineData("serve --origin app.example.com", "fleet: --origin is 'app.example.com': it must be scheme, host and port, such as https://app.example.com, without a path.", null)]
    [InlineData("serve --origin http://a.example/path", "fleet: --origin is 'http://a.example/path': it must be scheme, host and port, such as https://app.example.com, without a path.", null)]
    [InlineData("serve --data ", "fleet: --data is empty: name a folder, or leave the option out.", null)]
    [InlineData("serve --dist ", "fleet: --dist is empty: name a folder, or leave the option out.", null)]
    [InlineData("render http://a.example/ -o ", "fleet: --output is empty: name a file, or - for standard output.", null)]
    [InlineData("render", "fleet: Required argument 'URL' missing for command: 'render'.", "'fleet render --help' shows how to use it.")]
    [InlineData("render localhost:3000", "fleet: the URL 'localhost:3000' is not an absolute http or https URL. Write it with its scheme, such as http://localhost:3000/about.", null)]
    [InlineData("render http://a.example/ --timeout 121", "fleet: --timeout is '121': it must be a whole number from 1 to 120.", null)]
    [InlineData("render http://a.example/ --format pdf", "fleet: --format is 'pdf': it must be one of html, markdown, text, json.", null)]
    [InlineData("render http://a.example/ -o /proc", "fleet: --output is '/proc', which is a folder: name a file in it.", null)]
    [InlineData("render http://a.example/ -o /no/such/a.html", "fleet: --output is '/no/such/a.html', and there is no folder '/no/such': create it first.", null)]
    [InlineData("screenshot http://a.example/", "fleet: Option '--output' is required.", null)]
    [InlineData("screenshot http://a.example/ -o a.png --width 99", "fleet: --width is '99': it must be a whole number from 100 to 3840.", null)]
    [InlineData("screenshot http://a.example/ -o a.png --full-page --selector h1", "fleet: --full-page and --selector exclude each other: ask for one.", null)]
    [InlineData("screenshot http://a.example/ -o a.png --width 3840 --height 2160 --scale 4", "fleet: --scale is 4, which makes 133 million pixels of 3840 × 2160: at most 50 million are allowed.", null)]
    [InlineData("screenshot http://a.example/ -o a.png --clip 1,2,3", "fleet: --clip is '1,2,3': it must be X,Y,WIDTH,HEIGHT in CSS pixels, such as 0,0,600,400.", null)]
    [InlineData("screenshot http://a.example/ -o a.png --quality 50", "fleet: --quality is for the types 'jpeg' and 'webp': leave it out.", null)]
    [InlineData("render http://a.example/ --device iphone-51", "fleet: --device: 'iphone-51' is not a name of a device; did you mean 'iphone-15'?", null)]
    [InlineData("render http://a.example/ --header nothing", "fleet: --header has no ':': write it as NAME: VALUE.", null)]
    [InlineData("render http://a.example/ --header Host:b", "fleet: --header has 'Host', which cannot be set: it follows from the URL.", null)]
    [InlineData("render http://a.example/ --cookie a=b --cookie a=c", "fleet: --cookie has 'a' twice: once is allowed.", null)]
    [InlineData("render http://a.example/ --wait-for-timeout 30000", "fleet: --wait-for-timeout is 30000: it must be less than --timeout, 30000.", null)]
    [InlineData("pdf http://a.example/ -o a.pdf --block-resources image,cats", "fleet: --block-resources: 'cats' is not a type of a resource. Its types: image, media, font, stylesheet, script, xhr, fetch, eventsource, texttrack, manifest, ping, other.", null)]
    [InlineData("pdf http://a.example/ -o a.pdf --paper a9", "fleet: --paper: 'a9' is not a name of a paper format. Its names: letter, legal, tabloid, ledger, a0, a1, a2, a3, a4, a5, a6.", null)]
    [InlineData("pdf http://a.example/ -o a.pdf --scale 3", "fleet: --scale is '3': it must be a number from 0.1 to 2.", null)]
    [InlineData("pdf http://a.example/ -o a.pdf --paper-width 4", "fleet: --paper-width and --paper-height belong together: give both, or neither.", null)]
    [InlineData("pdf http://a.example/ -o a.pdf --page-ranges 3-1", "fleet: --page-ranges is '3-1': it must be page numbers from 1 and ranges such as '1-3,5,8-', at most 200 characters.", null)]
    public async Task Run_WrongCommandLine_IsOneSentenceAndExitCodeTwo(string arguments, string sentence, string? help)
    {
        var (exitCode, output, errors) = await RunAsync(arguments.Split(' '));

        Assert.Equal(ExitCodes.Usage, exitCode);
        Assert.Empty(output);
        Assert.StartsWith(sentence + Environment.NewLine, errors, StringComparison.Ordinal);
        Assert.Contains(help ?? "--help' shows how to use it.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "--data <DIR>", "[default: 5100]", "fleet serve --dist ./dist")]
    [InlineData("render", "--timeout <SECONDS>", "[default: 30]", "fleet render http://localhost:3000/about")]
    [InlineData("screenshot", "--full-page", "--wait-for-selector <CSS>", "--device <NAME>", "fleet screenshot http://localhost:3000/ -o page.png")]
    [InlineData("pdf", "-o, --output <FILE> (REQUIRED)", "[default: 30]", "fleet pdf http://localhost:3000/invoice/7 -o invoice.pdf")]
    public async Task Run_HelpOfACommand_HasOptionsDefaultsAndExamples(string command, params string[] parts)
    {
        var (exitCode, output, errors) = await RunAsync(command, "--help");

        Assert.Equal(ExitCodes.Success, exitCode);
        Assert.Empty(errors);
        Assert.All(parts, part => Assert.Contains(part, output, StringComparison.Ordinal));
        Assert.Contains("Exit codes:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Help_NamesTheProgramAndItsCommands()
    {
        var (exitCode, output, _) = await RunAsync("--help");

        Assert.Equal(ExitCodes.Success, exitCode);
        Assert.Contains("fleet [command] [options]", output, StringComparison.Ordinal);
        Assert.All((string[])["serve", "render <URL>", "screenshot <URL>", "pdf <URL>", "setup"], command => Assert.Contains($"  {command} ", output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_Nothing_ShowsTheHelpAndFails()
    {
        var (exitCode, output, _) = await RunAsync();

        Assert.Equal(ExitCodes.Usage, exitCode);
        Assert.Contains("fleet [command] [options]", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pool:Slots=8", null)]
    [InlineData("pool:slots=8", null)]
    [InlineData("Pool:Slots", "--set is 'Pool:Slots': write it as Section:Key=value, such as Pool:Slots=8.")]
    [InlineData("Slots=8", "--set is 'Slots=8': write it as Section:Key=value, such as Pool:Slots=8.")]
    [InlineData("Pol:Slots=8", "--set names 'Pol:Slots', which is not a setting: the sections are ")]
    [InlineData("Host:Dist=x", "--set cannot set Host:Dist: use --dist.")]
    [InlineData("Fleet:AllowedOrigins:0=http://a", "--set cannot set Fleet:AllowedOrigins: use --origin.")]
    [InlineData("fleet:adminkey=secret-secret", "--set cannot set Fleet:AdminKey: use --admin-key-file")]
    public void CheckSetting_Text_IsRightOrSaysWhatWouldBe(string text, string? start)
    {
        var error = OptionParsers.CheckSetting(text);

        Assert.True(start is null ? error is null : error!.StartsWith(start, StringComparison.Ordinal), error);
        Assert.DoesNotContain("secret-secret", error ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Fleet:AdminKey=secret-secret", "Fleet__AdminKey instead, or --admin-key-file to a file that has the key, or to '-' for standard input.")]
    [InlineData("Realms:ReadKeys:internal=secret-secret", "Realms__ReadKeys__internal instead.")]
    [InlineData("Realms:readkeys:internal=secret-secret", "Realms__readkeys__internal instead.")]
    public async Task Run_SecretOnTheCommandLine_NamesTheSettingToUse(string setting, string remedy)
    {
        foreach (var args in (string[][])[["serve", "--set", setting], ["serve", "--" + setting], ["serve", "--set=" + setting]])
        {
            var (exitCode, _, errors) = await RunAsync(args);

            Assert.Equal(ExitCodes.Usage, exitCode);
            Assert.Contains(remedy, errors, StringComparison.Ordinal);
            Assert.DoesNotContain("secret-secret", errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(5100, null, 5200)]
    [InlineData(80, null, 180)]
    [InlineData(0, null, 0)]
    [InlineData(0, 9000, 9000)]
    [InlineData(5100, 0, 0)]
    [InlineData(65535, 0, 0)]
    public void ManagerPort_Options_FollowsTheSite(int port, int? given, int expected) => Assert.Equal(expected, ServeCommand.ManagerPort(port, given));

    [Theory]
    [InlineData("a.png", "png")]
    [InlineData("a.JPG", "jpeg")]
    [InlineData("b/a.jpeg", "jpeg")]
    [InlineData("a.webp", "webp")]
    [InlineData("a", "png")]
    [InlineData(null, "png")]
    public void TypeOf_FileName_IsThatOfItsExtension(string? file, string type) => Assert.Equal(type, ScreenshotCommand.TypeOf(file));

    [Fact]
    public void NameOptions_ErrorOfAService_NamesTheOption() =>
        Assert.Equal("--dist is '/app': /app/index.html is empty.", FleetCommandLine.NameOptions("Host:Dist is '/app': /app/index.html is empty."));

    [Fact]
    public async Task Run_OutputThatCannotBeWritten_IsOneSentenceAndExitCodeOne()
    {
        using var output = new FullDisk();
        using var errors = new StringWriter();

        var exitCode = await FleetCommandLine.RunAsync(
            ["--help"], new InvocationConfiguration { Output = output, Error = errors }, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Failure, exitCode);
        Assert.Equal($"fleet: reading or writing failed: No space left on device.{Environment.NewLine}", errors.ToString());
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = await FleetCommandLine.RunAsync(
            args, new InvocationConfiguration { Output = output, Error = errors }, TimeProvider.System, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), errors.ToString());
    }

    private sealed class FullDisk : StringWriter
    {
        public override void Write(string? value) => throw new IOException("No space left on device");

        public override void WriteLine(string? value) => throw new IOException("No space left on device");
    }
}
