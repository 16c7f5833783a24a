using System.CommandLine;
using Fleet.BrowserSetup;

namespace Fleet.Standalone.CommandLine;

/// <summary><c>fleet setup</c>: installs a browser when there is none.</summary>
internal sealed class SetupCommand : Command
{
    public SetupCommand(TimeProvider time)
        : base("setup", "Installs a headless Chromium when there is none: the distribution's, or Playwright's in the user's folder.") =>
        SetAction(async (command, cancellationToken) =>
        {
            var output = command.InvocationConfiguration.Output;
            var browser = await BrowserInstaller.EnsureAsync(CommonOptions.BrowserOf(new Dictionary<string, string>()), output.WriteLine, time, cancellationToken);
            output.WriteLine($"The browser is {browser}.");
            return ExitCodes.Success;
        });
}
