using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Fleet.ServiceDefaults.Problems;

/// <summary>Explains which value of a request's route or query is not of its parameter's type. The framework rejects such a request, but its generated code does not name an optional
/// parameter.</summary>
internal static class InvalidParameter
{
    /// <summary>A sentence that names the first such parameter, its value and what it must be; null when every value can be read.</summary>
    /// <param name="request">The request.</param>
    /// <param name="endpoint">The route that it matches.</param>
    /// <param name="routeValues">The values of the route.</param>
    public static string? Explain(HttpRequest request, Endpoint? endpoint, RouteValueDictionary? routeValues)
    {
        foreach (var parameter in endpoint?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            var type = Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType) ?? parameter.ParameterInfo.ParameterType;
            var value = routeValues?[parameter.Name]?.ToString() ?? request.Query[parameter.Name].ToString();
            if (value.Length > 0 && !CanRead(type, value))
            {
                var name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name);
                return $"'{name}' is {Quoted.Of(value)}, which is not {Expected(type, name)}.";
            }
        }

        return null;
    }

    private static bool CanRead(Type type, string value) =>
        type == typeof(int) ? int.TryParse(value, CultureInfo.InvariantCulture, out _)
        : type == typeof(long) ? long.TryParse(value, CultureInfo.InvariantCulture, out _)
        : type == typeof(double) ? double.TryParse(value, CultureInfo.InvariantCulture, out _)
        : type != typeof(bool) || bool.TryParse(value, out _);

    private static string Expected(Type type, string name) =>
        type == typeof(int) ? $"a whole number {FieldBounds.Describe(name) ?? $"between {int.MinValue} and {int.MaxValue}"}"
        : type == typeof(long) ? $"a whole number between {long.MinValue} and {long.MaxValue}"
        : type == typeof(double) ? "a number"
        : "true or false";
}
