using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.ServiceDefaults.Problems;

/// <summary>Converts exceptions to problem details. Stack traces go only to the log.</summary>
internal sealed partial class FleetExceptionHandler(ILogger<FleetExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            // The client disconnected. 499 is the conventional status for the access log.
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
        _ => (StatusCodes.Status500InternalServerError, "unexpected", "An unexpected error occurred. See the log of this service for details."),
    };

    private static string DescribeJson(JsonException json) => json.Path is { Length: > 1 } path
        ? $"The body's {path} is not what it should be: {json.Message}"
        : $"The body is not valid JSON: {json.Message}";

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed unexpectedly.")]
    private partial void LogUnexpected(Exception exception, string method, string path);
}

/// <summary>Rewrites the framework's message about an invalid query parameter, <c>Failed to bind parameter "Nullable&lt;int&gt; scale" from "NaN".</c>, for API
/// callers. Other messages are unchanged.</summary>
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
