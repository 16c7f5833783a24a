using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Fleet.Standalone.CommandLine;

/// <summary>The usual help, and examples below it.</summary>
internal sealed class HelpWithExamples(IReadOnlyDictionary<Command, string> examples) : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = _help.Invoke(parseResult);
        if (examples.TryGetValue(parseResult.CommandResult.Command, out var text))
        {
            parseResult.InvocationConfiguration.Output.WriteLine(text);
        }

        return exitCode;
    }
}
