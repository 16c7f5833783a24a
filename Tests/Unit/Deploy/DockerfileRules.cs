using System.Text.RegularExpressions;

namespace Fleet.Tests.Deploy;

/// <summary>Checks a Dockerfile by rules of hadolint's kind: what makes an image irreproducible, larger than needed, run as root, or ignore signals.</summary>
internal static partial class DockerfileRules
{
    private const string AptLists = "rm -rf /var/lib/apt/lists/*";

    /// <summary>What is wrong with a Dockerfile, one sentence per finding.</summary>
    public static IReadOnlyList<string> Check(string text)
    {
        var instructions = Parse(text);
        var stages = Stages(instructions);
        return
        [
            .. CheckBases(instructions),
            .. instructions.SelectMany(CheckInstruction),
            .. CheckCopies(stages),
            .. stages.Count == 0 ? ["There is no FROM."] : CheckLastStage(stages[^1]),
        ];
    }

    /// <summary>The instructions, with continued lines joined and comments dropped.</summary>
    private static List<Instruction> Parse(string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => !line.TrimStart().StartsWith('#'));
        return [.. Continuation().Replace(string.Join('\n', lines), " ").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries))
            .Select(words => new Instruction(words[0].ToUpperInvariant(), words.ElementAtOrDefault(1) ?? ""))];
    }

    private static List<List<Instruction>> Stages(List<Instruction> instructions)
    {
        List<List<Instruction>> stages = [];
        foreach (var instruction in instructions)
        {
            if (instruction.Keyword == "FROM")
            {
                stages.Add([]);
            }

            if (stages.Count > 0)
            {
                stages[^1].Add(instruction);
            }
        }

        return stages;
    }

    // The base is an argument without a default, which the builder pins, or has a tag or digest that is not `latest`.
    private static IEnumerable<string> CheckBases(List<Instruction> instructions)
    {
        Dictionary<string, string> arguments = new(StringComparer.Ordinal);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var (keyword, value) in instructions)
        {
            if (keyword == "ARG" && names.Count == 0)
            {
                var parts = value.Split('=', 2);
                arguments[parts[0]] = parts.ElementAtOrDefault(1) ?? "";
            }
            else if (keyword == "FROM")
            {
                var words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var argument = Variable().Match(words[0]);
                if (argument.Success && !arguments.ContainsKey(argument.Groups["name"].Value))
                {
                    yield return $"FROM {words[0]}: there is no such ARG before it.";
                }

                var image = argument.Success ? arguments.GetValueOrDefault(argument.Groups["name"].Value, "") : words[0];
                if (image != "" && !names.Contains(image) && !PinnedImage().IsMatch(image))
                {
                    yield return $"FROM {words[0]}: the image has no tag or digest, or the tag is latest.";
                }

                names.Add(words is [_, _, var name] ? name : "");
            }
        }
    }

    private static IEnumerable<string> CheckInstruction(Instruction instruction)
    {
        var (keyword, value) = instruction;
        if (keyword == "ADD")
        {
            yield return $"ADD {value}: use COPY, which neither downloads nor unpacks.";
        }

        if (keyword is "ENV" or "ARG" && Secret().IsMatch(value))
        {
            yield return $"{keyword} {value}: a secret in an image is readable by all who have the image.";
        }

        if (keyword == "WORKDIR" && !value.StartsWith('/'))
        {
            yield return $"WORKDIR {value}: the path is relative.";
        }

        if (keyword is "ENTRYPOINT" or "CMD" && !value.StartsWith('['))
        {
            yield return $"{keyword} {value}: in shell form the process does not get SIGTERM.";
        }

        if (keyword == "RUN")
        {
            foreach (var finding in CheckRun(value))
            {
                yield return finding;
            }
        }
    }

    private static IEnumerable<string> CheckRun(string command)
    {
        if (Sudo().IsMatch(command))
        {
            yield return "RUN with sudo: a build is root until USER.";
        }

        if (Pipe().IsMatch(command) && !command.Contains("pipefail", StringComparison.Ordinal))
        {
            yield return "RUN with a pipe: the failure of its first command is lost without pipefail.";
        }

        if (!AptInstall().IsMatch(command))
        {
            yield break;
        }

        (string Required, string Why)[] rules =
        [
            ("apt-get update", "without it the package list may be missing or old"),
            ("--no-install-recommends", "without it the image gets packages that nothing needs"),
            (" -y", "without it the installation waits for input"),
            (AptLists, "without it in the same layer the lists stay in the image"),
        ];
        foreach (var (required, why) in rules.Where(rule => !command.Contains(rule.Required, StringComparison.Ordinal)))
        {
            yield return $"apt-get install without '{required.Trim()}': {why}.";
        }
    }

    private static IEnumerable<string> CheckCopies(List<List<Instruction>> stages)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var stage in stages)
        {
            foreach (var from in stage.Where(i => i.Keyword == "COPY").Select(i => CopyFrom().Match(i.Value)).Where(match => match.Success).Select(match => match.Groups["name"].Value))
            {
                if (!names.Contains(from))
                {
                    yield return $"COPY --from={from}: there is no earlier stage of this name.";
                }
            }

            names.Add(stage[0].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, var name] ? name : "");
        }
    }

    private static IEnumerable<string> CheckLastStage(List<Instruction> stage)
    {
        foreach (var (keyword, why) in ((string, string)[])[("ENTRYPOINT", "a container starts one program"), ("HEALTHCHECK", "a container that hangs must be visible")])
        {
            if (stage.Count(i => i.Keyword == keyword) is var count and not 1)
            {
                yield return $"{count} {keyword} in the last stage instead of one: {why}.";
            }
        }

        var user = stage.TakeWhile(i => i.Keyword != "ENTRYPOINT").LastOrDefault(i => i.Keyword == "USER")?.Value;
        if (user is null || !NumericUser().IsMatch(user))
        {
            yield return $"USER before ENTRYPOINT is '{user}': it must be a number other than 0, which an orchestrator can check.";
        }
    }

    private sealed record Instruction(string Keyword, string Value);

    [GeneratedRegex(@"\\[ \t]*\n")]
    private static partial Regex Continuation();

    [GeneratedRegex(@"^\$\{?(?<name>\w+)\}?$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"(@sha256:[0-9a-f]{64}|:(?!latest$)[\w.-]+)$")]
    private static partial Regex PinnedImage();

    [GeneratedRegex(@"(?i)\b\w*(PASSWORD|SECRET|TOKEN|API_?KEY|ADMIN_?KEY)\w*\b")]
    private static partial Regex Secret();

    [GeneratedRegex(@"(?<![\w-])sudo ")]
    private static partial Regex Sudo();

    [GeneratedRegex(@"(?<!\|)\|(?!\|)")]
    private static partial Regex Pipe();

    [GeneratedRegex(@"\bapt(-get)? (-\S+ )*install\b")]
    private static partial Regex AptInstall();

    [GeneratedRegex(@"--from=(?<name>\S+)")]
    private static partial Regex CopyFrom();

    [GeneratedRegex(@"^[1-9]\d*(:\d+)?$")]
    private static partial Regex NumericUser();
}
