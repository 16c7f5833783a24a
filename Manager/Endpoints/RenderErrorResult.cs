using System.Globalization;
using Fleet.Contracts;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Manager.Endpoints;

/// <summary>Says a <see cref="RenderError"/> over HTTP.</summary>
internal static class RenderErrorResult
{
    public static ProblemHttpResult ToProblem(this RenderError refusal, HttpResponse response)
    {
        if (refusal.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (refusal.AttemptsLeft is { } attempts)
        {
            response.Headers[FleetHeaders.AttemptsLeft] = attempts.ToString(CultureInfo.InvariantCulture);
        }

        return FleetProblem.Result(refusal.Status, refusal.Reason, refusal.Detail, refusal.Members?.ToDictionary());
    }
}
