using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace Fleet.Tests.Deploy;

/// <summary>Renders the subset of Helm's template language that the chart uses: if/else/end, and pipelines of values, texts and the functions default, nindent, quote,
/// required, toJson and toYaml. Anything else, also a value that values.yaml does not have, is an error.</summary>
internal sealed partial class HelmTemplate(IReadOnlyDictionary<string, object?> values)
{
    private static readonly IDeserializer s_yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();

    /// <summary>Paths of the values that were read: <c>.Values.site.url</c>.</summary>
    public HashSet<string> Read { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads values from YAML.</summary>
    public static Dictionary<string, object?> Parse(string yaml) => (Dictionary<string, object?>)Convert(s_yaml.Deserialize<object>(yaml))!;

    /// <summary>Renders one template.</summary>
    public string Render(string template)
    {
        var trimmed = TrimRight().Replace(TrimLeft().Replace(template.ReplaceLineEndings("\n"), "{{ "), " }}");
        var parts = Action().Split(trimmed);
        var at = 0;
        var result = new StringBuilder();
        RenderBlock(parts, ref at, result, isShown: true);
        return at == parts.Length ? result.ToString() : throw new InvalidOperationException($"'{parts[at]}' has no if.");
    }

    // Texts are at even places, actions at odd ones. Ends before the `else` or `end` of the enclosing block.
    private void RenderBlock(string[] parts, ref int at, StringBuilder result, bool isShown)
    {
        for (; at < parts.Length; at++)
        {
            var part = parts[at];
            if (at % 2 == 0)
            {
                result.Append(isShown ? part : "");
            }
            else if (part.Trim() is "else" or "end")
            {
                return;
            }
            else if (part.TrimStart().StartsWith("if ", StringComparison.Ordinal))
            {
                RenderIf(parts, ref at, result, isShown);
            }
            else if (isShown)
            {
                result.Append(Text(Evaluate(part)));
            }
        }
    }

    private void RenderIf(string[] parts, ref int at, StringBuilder result, bool isShown)
    {
        var condition = isShown && IsTrue(Evaluate(parts[at].Trim()[3..]));
        at++;
        RenderBlock(parts, ref at, result, isShown && condition);
        if (parts.ElementAtOrDefault(at)?.Trim() == "else")
        {
            at++;
            RenderBlock(parts, ref at, result, isShown && !condition);
        }

        if (parts.ElementAtOrDefault(at)?.Trim() != "end")
        {
            throw new InvalidOperationException("An if has no end.");
        }
    }

    private object? Evaluate(string pipeline)
    {
        object? result = null;
        var isFirst = true;
        foreach (var stage in pipeline.Split('|'))
        {
            var words = Word().Matches(stage).Select(match => match.Value).ToList();
            var isFunction = words[0][0] is not ('.' or '"');
            List<object?> arguments = [.. words.Skip(isFunction ? 1 : 0).Select(Operand)];
            if (!isFirst)
            {
                arguments.Add(result);
            }

            result = isFunction ? Call(words[0], arguments) : arguments.Single();
            isFirst = false;
        }

        return result;
    }

    private static object? Call(string function, List<object?> arguments) => (function, arguments) switch
    {
        ("quote", [var value]) => JsonSerializer.Serialize(Text(value)),
        ("default", [var other, var value]) => IsTrue(value) ? value : other,
        ("required", [string message, var value]) => IsTrue(value) ? value : throw new InvalidOperationException(message),
        ("toJson", [var value]) => JsonSerializer.Serialize(value),
        ("toYaml", [IEnumerable<object?> list]) => string.Join('\n', list.Select(item => $"- {JsonSerializer.Serialize(item)}")),
        ("toYaml", [IReadOnlyDictionary<string, object?> map]) => string.Join('\n', map.Select(item => $"{item.Key}: {JsonSerializer.Serialize(item.Value)}")),
        ("nindent", [string width, string text]) => "\n" + string.Join('\n', text.Split('\n').Select(line => new string(' ', int.Parse(width, CultureInfo.InvariantCulture)) + line)),
        _ => throw new InvalidOperationException($"{function} with {arguments.Count} arguments is not supported."),
    };

    private object? Operand(string word) =>
        word[0] == '"' ? word[1..^1]
        : word[0] == '.' ? Resolve(word)
        : word;

    private object? Resolve(string path)
    {
        Read.Add(path);
        object? found = values;
        foreach (var name in path[1..].Split('.'))
        {
            found = found is IReadOnlyDictionary<string, object?> map && map.TryGetValue(name, out var next) ? next
                : throw new InvalidOperationException($"{path} is no value of the chart.");
        }

        return found;
    }

    private static bool IsTrue(object? value) => value switch
    {
        null or false or "" => false,
        ICollection many => many.Count > 0,
        IConvertible number and not (string or bool) => number.ToDouble(CultureInfo.InvariantCulture) != 0,
        _ => true,
    };

    private static string Text(object? value) => value switch
    {
        null => "",
        bool yes => yes ? "true" : "false",
        _ => System.Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static object? Convert(object? node) => node switch
    {
        IDictionary map => map.Keys.Cast<object>().ToDictionary(key => (string)key, key => Convert(map[key]), StringComparer.Ordinal),
        IList list => list.Cast<object?>().Select(Convert).ToList(),
        _ => node,
    };

    [GeneratedRegex(@"\s*\{\{- ")]
    private static partial Regex TrimLeft();

    [GeneratedRegex(@" -\}\}\s*")]
    private static partial Regex TrimRight();

    [GeneratedRegex(@"\{\{(.*?)\}\}")]
    private static partial Regex Action();

    [GeneratedRegex(@"""[^""]*""|\S+")]
    private static partial Regex Word();
}
