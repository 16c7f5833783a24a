using System.Reflection;
using Fleet.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Fleet.ServiceDefaults.Problems;

/// <summary>Rejects query parameters that a route does not have. Ignoring one would silently answer a different request than the caller meant.</summary>
public static class KnownParameters
{
    /// <summary>Answers 400 <c>invalid-request</c> when a request has a query parameter that the handler has not, or has one more than once.</summary>
    public static TBuilder RejectUnknownParameters<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilterFactory((context, next) =>
        {
            var known = NamesOf(context.MethodInfo);
            return async invocation =>
            {
                var http = invocation.HttpContext;
                var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern;
                var errors = Check(
                    http.Request.Query.Select(pair => (pair.Key, pair.Value.Count)),
                    [.. known.Where(name => route?.GetParameter(name) is null)],
                    route?.RawText ?? http.Request.Path,
                    http.Request.Query["url"].ToString());
                return errors.Count == 0 ? await next(invocation) : FleetProblem.Result(
                    StatusCodes.Status400BadRequest, "invalid-request", string.Join(' ', errors.Select(error => error.Message)),
                    new Dictionary<string, object?> { ["errors"] = errors });
            };
        });

    /// <summary>The errors of a query; empty when it is valid.</summary>
    /// <param name="given">The names in the query, each with the number of its values.</param>
    /// <param name="known">The names that the handler has.</param>
    /// <param name="route">The route, for messages.</param>
    /// <param name="url">The value of the parameter <c>url</c>; empty when there is none.</param>
    internal static IReadOnlyList<FieldError> Check(IEnumerable<(string Name, int Count)> given, IReadOnlyCollection<string> known, string route, string url)
    {
        List<FieldError> errors = [];
        foreach (var (name, count) in given)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                var isOfUrl = known.Contains("url") && url.Length > 0 && (url.Contains('?', StringComparison.Ordinal) || NearestName.Of(name, known) is null);
                errors.Add(new(name, NearestName.Explain(name, "parameter", route, known)
                    + (isOfUrl ? $" If {Quoted.Of(name)} belongs to 'url', percent-encode the whole 'url': '?' as %3F, '&' as %26." : "")));
            }
            else if (count > 1)
            {
                errors.Add(new(name, $"{Quoted.Of(name)} is given {count} times: once is allowed. Percent-encode a '&' that belongs to a value, as %26."));
            }
        }

        return errors;
    }

    // As ASP.NET Core binds them: simple values without another source come from the route or the query, and so do the properties of a parameter that stands for several.
    private static List<string> NamesOf(MethodInfo handler) =>
    [
        .. handler.GetParameters().SelectMany(static parameter => parameter.GetCustomAttribute<AsParametersAttribute>() is null
                ? [(parameter.Name!, parameter.ParameterType, parameter.GetCustomAttributes())]
                : parameter.ParameterType.GetProperties().Select(static property => (property.Name, property.PropertyType, property.GetCustomAttributes())))
            .Where(static value => IsSimple(Nullable.GetUnderlyingType(value.Item2) ?? value.Item2)
                && !value.Item3.Any(static attribute => attribute is IFromHeaderMetadata or IFromServiceMetadata or IFromBodyMetadata))
            .Select(static value => value.Item3.OfType<IFromQueryMetadata>().FirstOrDefault()?.Name ?? value.Item1),
    ];

    private static bool IsSimple(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Guid) || type == typeof(TimeSpan);
}
