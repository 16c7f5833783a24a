using Fleet.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Fleet.RealmServer.Content;

/// <summary>Writes and deletes cards. Writes are atomic: readers see the old card or the new one, never a part.</summary>
internal sealed class CardWriter(CardFiles cards, IOptions<RealmsOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _writeLock = new(1, 1);

    /// <summary>Writes a card.</summary>
    /// <returns>The card's entity tag, and whether it was created.</returns>
    /// <exception cref="RequestException">The body is not a valid card, the existing card does not meet <paramref name="wanted"/>, or the folder is not
    /// writable.</exception>
    public async Task<(string ETag, bool Created)> WriteAsync(Realm realm, string id, Stream body, CardConditions wanted, CancellationToken cancellationToken)
    {
        var path = CardFiles.PathOf(realm, id) ?? throw BadId(id);
        var json = await ReadAsync(body, cancellationToken);
        if (JsonText.WhyNotAnObject(json) is { } why)
        {
            throw new RequestException(StatusCodes.Status422UnprocessableEntity, "card-not-json", $"{realm.Path}{id} is not written: {why}");
        }

        await _writeLock.WaitAsync(cancellationToken);
        try
        {
            await CheckAsync(realm, id, wanted, cancellationToken);
            var created = !File.Exists(path);
            var draft = CardDrafts.PathFor(realm, id);
            try
            {
                await CardDrafts.WriteAsync(draft, json, cancellationToken);
                File.Move(draft, path, overwrite: true);
            }
            finally
            {
                File.Delete(draft);
            }

            return (CardFiles.ETagOf(json), created);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(realm, id, e);
        }
        finally
        {
            _writeLock.Release();
        }
    }

    /// <summary>Deletes a card. False if there is none.</summary>
    public async Task<bool> DeleteAsync(Realm realm, string id, CardConditions wanted, CancellationToken cancellationToken)
    {
        var path = CardFiles.PathOf(realm, id) ?? throw BadId(id);
        await _writeLock.WaitAsync(cancellationToken);
        try
        {
            await CheckAsync(realm, id, wanted, cancellationToken);
            if (!File.Exists(path))
            {
                return false;
            }

            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(realm, id, e);
        }
        finally
        {
            _writeLock.Release();
        }
    }

    public void Dispose() => _writeLock.Dispose();

    private static RequestException BadId(string id) => new(StatusCodes.Status400BadRequest, "bad-card-id",
        $"A card id must have 1 to {CardId.MaxLength} letters, digits, - and _, and must not start with _; this one has {id.Length} characters.");

    private static RequestException Unwritable(Realm realm, string id, Exception e) =>
        new(StatusCodes.Status503ServiceUnavailable, "card-not-writable", $"{realm.Path}{id} cannot be written: {e.Message}");

    private async Task<byte[]> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var max = options.Value.MaxCardBytes;
        using var buffer = new MemoryStream();
        var chunk = new byte[64 * 1024];
        int read;
        while ((read = await body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > max)
            {
                throw new RequestException(StatusCodes.Status413PayloadTooLarge, "card-too-large",
                    $"The card has more than {max} bytes, the maximum for a card (Realms:MaxCardBytes).");
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private async Task CheckAsync(Realm realm, string id, CardConditions wanted, CancellationToken cancellationToken)
    {
        if (wanted == default)
        {
            return;
        }

        var current = await TagOfAsync(realm, id, cancellationToken);
        if (wanted.IfMatch.Count > 0 && (current is null || !IfMatch.Holds(wanted.IfMatch, current)))
        {
            throw new RequestException(StatusCodes.Status412PreconditionFailed, "card-changed",
                $"{realm.Path}{id} does not match If-Match; read it again.");
        }

        if (current is not null && IfNoneMatch.Holds(wanted.IfNoneMatch, current))
        {
            throw new RequestException(StatusCodes.Status412PreconditionFailed, "card-exists",
                $"{realm.Path}{id} already exists, but If-None-Match requires that it does not.");
        }
    }

    /// <summary>The card's entity tag; null if there is no card. A file that is not a valid card gets an empty tag, which no client has ever received.</summary>
    private async Task<string?> TagOfAsync(Realm realm, string id, CancellationToken cancellationToken)
    {
        try
        {
            return (await cards.ReadAsync(realm, id, cancellationToken))?.ETag;
        }
        catch (CardException)
        {
            return "\"\"";
        }
    }
}

/// <summary>The preconditions of a write.</summary>
/// <param name="IfMatch">The card must have one of these tags; <c>*</c> requires that the card exists.</param>
/// <param name="IfNoneMatch">The card must have none of these tags; <c>*</c> requires that the card does not exist.</param>
internal readonly record struct CardConditions(StringValues IfMatch, StringValues IfNoneMatch)
{
    public static CardConditions Of(HttpRequest request) => new(request.Headers.IfMatch, request.Headers.IfNoneMatch);
}
