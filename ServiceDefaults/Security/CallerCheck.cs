using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fleet.ServiceDefaults.Security;

/// <summary>Metadata of a route: decides whether a request may reach it, before its parameters and its body are read.</summary>
/// <param name="Refuse">The answer to a request that may not; null for one that may.</param>
public sealed record CallerCheck(Func<HttpContext, IResult?> Refuse);

/// <summary>Runs the checks of routes.</summary>
public static class CallerCheckExtensions
{
    /// <summary>Adds a check to routes. Checks run in the order in which they were added, those of a group before those of its routes.</summary>
    public static TBuilder CheckCallers<TBuilder>(this TBuilder endpoints, Func<HttpContext, IResult?> refuse)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new CallerCheck(refuse));

    /// <summary>Answers requests that a check of their route refuses.</summary>
    internal static void UseCallerChecks(this WebApplication app) => app.Use(static (http, next) =>
    {
        foreach (var check in http.GetEndpoint()?.Metadata.GetOrderedMetadata<CallerCheck>() ?? [])
        {
            if (check.Refuse(http) is { } refusal)
            {
                return refusal.ExecuteAsync(http);
            }
        }

        return next(http);
    });
}
