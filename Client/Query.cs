using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>Writes a request as the query of a GET, with the names that it has as JSON.</summary>
internal static class Query
{
    public static string Of(object request)
    {
        var members = JsonSerializer.SerializeToElement(request, request.GetType(), FleetJson.Options).EnumerateObject().Select(static member => $"{member.Name}={Uri.EscapeDataString(Text(member.Value))}");
        return "?" + string.Join('&', members);
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
