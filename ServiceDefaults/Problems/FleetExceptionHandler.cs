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

        var value = exception is BadHttpRequestException { InnerException: JsonException json } ? await RepeatableBody.ReadAsync(httpContext.Request, json.Path, cancellationToken) : null;
        var (status, reason, detail) = Describe(exception, httpContext.Request, value, httpContext.Features.Get<IExceptionHandlerFeature>());
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

    private static (int Status, string Reason, string Detail) Describe(Exception exception, HttpRequest request, string? value, IExceptionHandlerFeature? error) => exception switch
    {
        RequestException e => (e.Status, e.Reason, e.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            (StatusCodes.Status413PayloadTooLarge, "body-too-large", exception.Message),
        BadHttpRequestException { InnerException: JsonException json } e when UnknownMember.Explain(json, $"the body of {request.Method} {request.Path}") is { } unknown =>
            (e.StatusCode, "invalid-request", unknown),
        BadHttpRequestException { InnerException: JsonException json } e => (e.StatusCode, "malformed-json", MalformedJson.Explain(json, value)),
        BadHttpRequestException e => (e.StatusCode, "bad-request", InvalidParameter.Explain(request, error?.Endpoint, error?.RouteValues) ?? MissingBody.Explain(e.Message)),
        _ => (StatusCodes.Status500InternalServerError, "unexpected", "An unexpected error occurred. See the log of this service for details."),
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed unexpectedly.")]
    private partial void LogUnexpected(Exception exception, string method, string path);
}

/// <summary>Rewrites the serializer's message about an unknown member, <c>The JSON property 'formatz' could not be mapped to any .NET member contained in type
/// 'Fleet.Contracts.RenderRequest'.</c>, for API callers.</summary>
internal static partial class UnknownMember
{
    /// <summary>A sentence that names the member and the nearest known one; null when the exception is about something else.</summary>
    /// <param name="json">The serializer's exception.</param>
    /// <param name="body">The body, for the message.</param>
    public static string? Explain(JsonException json, string body) =>
        Failure().Match(json.Message) is { Success: true } match && TypeOf(match.Groups["type"].Value) is { } type
            ? NearestName.Explain(match.Groups["name"].Value, "member", OwnerOf(json.Path, match.Groups["name"].Value) is { Length: > 0 } owner ? $"'{owner}' in {body}" : body,
                [.. type.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))])
            : null;

    // Bodies are types of the API, or of the service that reads them.
    private static Type? TypeOf(string name) => AppDomain.CurrentDomain.GetAssemblies()
        .Where(static assembly => assembly.GetName().Name?.StartsWith("Fleet.", StringComparison.Ordinal) == true)
        .Select(assembly => assembly.GetType(name)).FirstOrDefault(static type => type is not null);

    // '$.credentials.authorisation' and '$.credentials' both mean a member of 'credentials'.
    private static string OwnerOf(string? path, string name)
    {
        var owner = path?.TrimStart('$').TrimStart('.') ?? "";
        return owner == name ? "" : owner.EndsWith("." + name, StringComparison.Ordinal) ? owner[..^(name.Length + 1)] : owner;
    }

    [GeneratedRegex(@"^The JSON property '(?<name>.*)' could not be mapped to any \.NET member contained in type '(?<type>[\w.+]+)'\.", RegexOptions.Singleline)]
    private static partial Regex Failure();
}

/// <summary>Rewrites the serializer's messages about a value of the wrong kind, which name .NET types, for API callers.</summary>
internal static partial class MalformedJson
{
    /// <summary>A sentence that names the member, its value and what it must be.</summary>
    /// <param name="json">The serializer's exception.</param>
    /// <param name="value">The JSON text of the value; null if it is unknown.</param>
    public static string Explain(JsonException json, string? value = null)
    {
        var what = json.Path is { Length: > 1 } path ? $"The body's {path}" : "The body";
        var member = json.Path is null ? "" : json.Path[(json.Path.LastIndexOf('.') + 1)..];
        if (Conversion().Match(json.Message) is { Success: true } conversion)
        {
            var expected = Expected(conversion.Groups["type"].Value, member);
            return value is null ? $"{what} must be {expected}." : $"{what} is {value}, but must be {expected}.";
        }

        if (Missing().Match(json.Message) is { Success: true } missing)
        {
            return $"{what} lacks {missing.Groups["members"].Value}.";
        }

        return json.Path is { Length: > 1 } ? $"{what} is not what it should be: {json.Message}" : $"{what} is not valid JSON: {json.Message}";
    }

    private static string Expected(string type, string member) => type switch
    {
        _ when type.Contains("Int32", StringComparison.Ordinal) => $"a whole number {FieldBounds.Describe(member) ?? $"between {int.MinValue} and {int.MaxValue}"}",
        _ when type.Contains("Int64", StringComparison.Ordinal) => $"a whole number between {long.MinValue} and {long.MaxValue}",
        _ when type.Contains("System.Double", StringComparison.Ordinal) => "a number",
        _ when type.Contains("System.Boolean", StringComparison.Ordinal) => "true or false",
        "System.String" => "a string of valid Unicode",
        _ when type.StartsWith("System.Collections", StringComparison.Ordinal) || type.EndsWith("[]", StringComparison.Ordinal) => "a list",
        _ => "an object",
    };

    [GeneratedRegex(@"^The JSON value could not be converted to (?<type>[^ ]+)\.(?: Path|$)", RegexOptions.Singleline)]
    private static partial Regex Conversion();

    [GeneratedRegex(@"^JSON deserialization for type '[^']+' was missing required properties including: (?<members>.*?)\.?$", RegexOptions.Singleline)]
    private static partial Regex Missing();
}

/// <summary>Rewrites the framework's message about a missing body, which names a parameter of a method, for API callers. Other messages are unchanged.</summary>
internal static partial class MissingBody
{
    public static string Explain(string message) => Failure().IsMatch(message) ? "The request has no JSON body." : message;

    [GeneratedRegex("""^(?:Required parameter "[^"]*" was not provided from body\.|Implicit body inferred for parameter )""")]
    private static partial Regex Failure();
}
