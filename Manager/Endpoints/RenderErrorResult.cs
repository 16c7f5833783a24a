using System.Globalization;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Manager.Endpoints;

/// <summary>Converts a <see cref="RenderError"/> to problem details.</summary>
internal static class RenderErrorResult
{
    public static ProblemHttpResult ToProblem(this RenderError error, HttpResponse response)
    {
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (error.AttemptsLeft is { } attempts)
        {
            response.Headers[FleetHeaders.AttemptsLeft] = attempts.ToString(CultureInfo.InvariantCulture);
        }

        return FleetProblem.Result(error.Status, error.Reason, error.Detail, error.Members?.ToDictionary());
    }
}
