using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Fleet.ServiceDefaults.Problems;

/// <summary>Keeps small JSON bodies until they are answered, so that an error can show the value that is wrong: the serializer names only its place.</summary>
internal static partial class RepeatableBody
{
    /// <summary>Maximum length of a body that is kept, in bytes: 64 KiB.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <summary>Maximum number of characters of a value that are shown. An ellipsis marks a truncated value.</summary>
    private const int MaxShown = 80;

    // Members whose values no error quotes, since clients log errors.
    private static readonly FrozenSet<string> s_secrets = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "credentials", "headers", "cookies");

    public static IApplicationBuilder UseRepeatableBodies(this IApplicationBuilder app) => app.Use(static (http, next) =>
    {
        // Only what the framework deserializes: a route that passes its body on must get it as it is.
        if (http.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is { RequestType: not null } && http.Request.ContentLength is > 0 and <= MaxBytes)
        {
            http.Request.EnableBuffering(MaxBytes);
        }

        return next(http);
    });

    /// <summary>The JSON text of a value in the body of a request, or its kind for an object or a list; null if the body was not kept or has no such value, and for secrets.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">Path of the value as the serializer gives it: <c>$.pdf.scale</c>, <c>$.urls[3]</c>.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async ValueTask<string?> ReadAsync(HttpRequest request, string? path, CancellationToken cancellationToken)
    {
        if (path is null || !request.Body.CanSeek)
        {
            return null;
        }

        try
        {
            request.Body.Position = 0;
            using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancellationToken);
            return Find(body.RootElement, path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException)
        {
            // The body is wrong as a whole, or a text in it is not valid UTF-8. The serializer's message says so.
            return null;
        }
    }

    /// <summary>The JSON text at a path, truncated; the kind of an object or a list, which may contain anything; null if there is nothing, and for secrets.</summary>
    internal static string? Find(JsonElement root, string path)
    {
        var value = root;
        foreach (Match step in Steps().Matches(path))
        {
            if (step.Groups["index"] is { Success: true } index)
            {
                var at = int.Parse(index.Value, CultureInfo.InvariantCulture);
                if (value.ValueKind != JsonValueKind.Array || at >= value.GetArrayLength())
                {
                    return null;
                }

                value = value[at];
            }
            else if (s_secrets.Contains(step.Groups["name"].Value) || value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(step.Groups["name"].Value, out value))
            {
                return null;
            }
        }

        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            return value.ValueKind == JsonValueKind.Object ? "an object" : "a list";
        }

        var text = value.GetRawText();
        return $"{new string([.. text.Take(MaxShown).Select(static c => char.IsControl(c) ? ' ' : c)])}{(text.Length > MaxShown ? "…" : "")}";
    }

    [GeneratedRegex(@"\.(?<name>[^.\[\]]+)|\['(?<name>.*?)'\]|\[(?<index>\d{1,9})\]")]
    private static partial Regex Steps();
}
