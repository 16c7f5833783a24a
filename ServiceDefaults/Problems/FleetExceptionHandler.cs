using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.ServiceDefaults.Problems;

/// <summary>Turns exceptions into problem details. Never a stack trace: that goes to the log.</summary>
internal sealed partial class FleetExceptionHandler(ILogger<FleetExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody is listening; 499 is what the field logs for it.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var (status, reason, detail) = Describe(exception);
        if (exception is RequestException { RetryAfter: { } wait })
        {
            httpContext.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (status == StatusCodes.Status500InternalServerError)
        {
            LogUnexpected(exception, httpContext.Request.Method, httpContext.Request.Path);
        }

        await FleetProblem.Result(status, reason, detail).ExecuteAsync(httpContext);
        return true;
    }

    private static (int Status, string Reason, string Detail) Describe(Exception exception) => exception switch
    {
        RequestException e => (e.Status, e.Reason, e.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            (StatusCodes.Status413PayloadTooLarge, "body-too-large", exception.Message),
        BadHttpRequestException { InnerException: JsonException json } e => (e.StatusCode, "malformed-json", DescribeJson(json)),
        BadHttpRequestException e => (e.StatusCode, "bad-request", BindingMessage.Of(e.Message)),
        _ => (StatusCodes.Status500InternalServerError, "unexpected", "Something failed that should not. The log of this service has the details."),
    };

    private static string DescribeJson(JsonException json) => json.Path is { Length: > 1 } path
        ? $"The body's {path} is not what it should be: {json.Message}"
        : $"The body is not valid JSON: {json.Message}";

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed unexpectedly.")]
    private partial void LogUnexpected(Exception exception, string method, string path);
}

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
