using System.Text.RegularExpressions;
using Fleet.Contracts;

namespace Fleet.ServiceDefaults.Problems;

/// <summary>Says for callers what the framework says of a query parameter for programmers: <c>Failed to bind parameter "Nullable&lt;int&gt; scale" from
/// "NaN".</c> Other messages stay as they are.</summary>
internal static partial class BindingMessage
{
    public static string Of(string message) => Failure().Match(message) is { Success: true } match
        ? $"'{match.Groups["name"]}' is {Quoted.Of(match.Groups["value"].Value)}, which is not {Expected(match.Groups["type"].Value)}."
        : message;

    private static string Expected(string type) => type switch
    {
        "int" => $"a whole number between {int.MinValue} and {int.MaxValue}",
        "long" => $"a whole number between {long.MinValue} and {long.MaxValue}",
        "bool" => "true or false",
        _ => $"a valid {type}",
    };

    [GeneratedRegex("""^Failed to bind parameter "(?:Nullable<)?(?<type>\w+)>? (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.Singleline)]
    private static partial Regex Failure();
}
