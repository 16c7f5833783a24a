using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Fleet.ServiceDefaults.Problems;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Content;

/// <summary>Answers requests for cards and realms as JSON.</summary>
internal sealed class CardResponses(CardFiles cards, RealmCatalog catalog)
{
    /// <summary>Maximum number of ids in a bulk request.</summary>
    public const int MaxIds = 200;

    /// <summary>Maximum size of a bulk response in bytes: 16 MiB. It is built in memory.</summary>
    public const int MaxBulkBytes = 16 * 1024 * 1024;

    private const string MediaType = "application/json";

    /// <summary>The list of public realms.</summary>
    public IResult Realms(HttpContext http)
    {
        var json = catalog.Current.Announcement;
        return Json(http, json, CardFiles.ETagOf(json.Span));
    }

    /// <summary>One realm's description. The list of realms omits private ones, whose readers need it too.</summary>
    public IResult Realm(HttpContext http, Realm realm)
    {
        var json = catalog.Current.Descriptions.GetValueOrDefault(realm.Id, []);
        return Json(http, json, CardFiles.ETagOf(json));
    }

    /// <summary>The card at its own URL.</summary>
    public async Task<IResult> CardAsync(HttpContext http, Realm realm, string id)
    {
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        try
        {
            return await cards.ReadAsync(realm, id, http.RequestAborted) is { } card
                ? Json(http, card.Json, card.ETag)
                : FleetProblem.Result(StatusCodes.Status404NotFound, "unknown-card", $"The realm {realm.Path} has no card '{id}'.");
        }
        catch (CardException e)
        {
            return FleetProblem.Result(StatusCodes.Status422UnprocessableEntity, e.Reason, e.Message);
        }
    }

    /// <summary>Several cards of a realm in one object, by id. Missing and unreadable cards are omitted, so that they do not break the pages that
    /// reference them.</summary>
    public async Task<IResult> CardsAsync(HttpContext http, Realm realm)
    {
        var ids = http.Request.Query["ids"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToList();
        if (ids.Count is 0 or > MaxIds)
        {
            return FleetProblem.Result(StatusCodes.Status400BadRequest, "bad-ids",
                $"The query parameter ids names {ids.Count.ToString(CultureInfo.InvariantCulture)} cards; it must name 1 to {MaxIds}, separated by commas.");
        }

        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        await using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        foreach (var id in ids)
        {
            if (await TryReadAsync(realm, id, http.RequestAborted) is not { } card)
            {
                continue;
            }

            if (writer.BytesCommitted + writer.BytesPending + card.Json.Length > MaxBulkBytes)
            {
                return FleetProblem.Result(StatusCodes.Status422UnprocessableEntity, "cards-too-large",
                    $"The cards exceed {MaxBulkBytes} bytes in total; request fewer at a time.");
            }

            writer.WritePropertyName(id);
            // The JSON was validated when it was read.
            writer.WriteRawValue(card.Json.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
        await writer.FlushAsync(http.RequestAborted);
        return Json(http, buffer.WrittenMemory, CardFiles.ETagOf(buffer.WrittenSpan));
    }

    private async Task<Card?> TryReadAsync(Realm realm, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await cards.ReadAsync(realm, id, cancellationToken);
        }
        catch (CardException)
        {
            return null;
        }
    }

    // The framework's result handles If-None-Match and HEAD.
    private static IResult Json(HttpContext http, ReadOnlyMemory<byte> json, string etag)
    {
        if (http.Response.Headers.CacheControl.Count == 0)
        {
            http.Response.Headers.CacheControl = "no-cache";
        }

        return Results.Bytes(json, MediaType, entityTag: new EntityTagHeaderValue(etag));
    }
}
