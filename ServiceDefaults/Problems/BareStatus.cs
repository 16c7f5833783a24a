using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fleet.ServiceDefaults.Problems;

/// <summary>Adds reason and detail to responses that have only a status code. Routing, and the framework when it cannot receive a body or read a parameter, produce them without an exception that could
/// be described.</summary>
internal static class BareStatus
{
    public static void Describe(ProblemDetailsContext problem)
    {
        var (details, http) = (problem.ProblemDetails, problem.HttpContext);
        if (details.Detail is not null || Explain(details.Status, http) is not var (reason, detail))
        {
            return;
        }

        details.Type = FleetProblem.TypePrefix + reason;
        details.Detail = detail;
        details.Extensions["reason"] = reason;
    }

    private static (string Reason, string Detail)? Explain(int? status, HttpContext http) => status switch
    {
        StatusCodes.Status400BadRequest => ("bad-request", InvalidParameter.Explain(http.Request, http.GetEndpoint(), http.Request.RouteValues) ?? "The request's body is not sent as HTTP requires, or ends before it is complete."),
        StatusCodes.Status408RequestTimeout => ("bad-request", "The request's body arrives too slowly."),
        StatusCodes.Status404NotFound => ("not-found", "No resource exists at this address."),
        StatusCodes.Status405MethodNotAllowed => ("method-not-allowed", $"This address does not support {http.Request.Method}. Supported: {http.Response.Headers.Allow}."),
        StatusCodes.Status413PayloadTooLarge => ("body-too-large",
            $"The request body is too large: at most {http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize} bytes are allowed."),
        StatusCodes.Status415UnsupportedMediaType => ("not-json", "The body must be JSON: send Content-Type: application/json."),
        _ => null,
    };
}
