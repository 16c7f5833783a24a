using Fleet.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Fleet.RealmServer.Content;

/// <summary>Writes and deletes cards. A card is there as a whole or not at all, whenever somebody reads it.</summary>
internal sealed class CardWriter(CardFiles cards, IOptions<RealmsOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Writes a card.</summary>
    /// <returns>Its tag, and whether it is new.</returns>
    /// <exception cref="RequestException">It is no card, or what is there is not what <paramref name="wanted"/> says.</exception>
    public async Task<(string ETag, bool Created)> WriteAsync(Realm realm, string id, Stream body, CardConditions wanted, CancellationToken cancellationToken)
    {
        var path = CardFiles.PathOf(realm, id) ?? throw BadId(id);
        var json = await ReadAsync(body, cancellationToken);
        if (JsonText.WhyNotAnObject(json) is { } why)
        {
            throw new RequestException(StatusCodes.Status422UnprocessableEntity, "card-not-json", $"{realm.Path}{id} is not written: {why}");
        }

        await _oneAtATime.WaitAsync(cancellationToken);
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
            _oneAtATime.Release();
        }
    }

    /// <summary>Deletes a card. False when there is none.</summary>
    public async Task<bool> DeleteAsync(Realm realm, string id, CardConditions wanted, CancellationToken cancellationToken)
    {
        var path = CardFiles.PathOf(realm, id) ?? throw BadId(id);
        await _oneAtATime.WaitAsync(cancellationToken);
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
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private static RequestException BadId(string id) => new(StatusCodes.Status400BadRequest, "bad-card-id",
        $"A card is named with 1 to {CardId.MaxLength} letters, digits, - and _, not starting with _; this one has {id.Length} characters.");

    private static RequestException Unwritable(Realm realm, string id, Exception e) =>
        new(StatusCodes.Status503ServiceUnavailable, "card-not-writable", $"{realm.Path}{id} cannot be written: {e.Message}");

    private async Task<byte[]> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var max = options.Value.MaxCardBytes;
        using var buffer = new MemoryStream();
        var piece = new byte[64 * 1024];
        int read;
        while ((read = await body.ReadAsync(piece, cancellationToken)) > 0)
        {
            if (buffer.Length + read > max)
            {
                throw new RequestException(StatusCodes.Status413PayloadTooLarge, "card-too-large",
                    $"The card has more than {max} bytes, the most that a card may have (Realms:MaxCardBytes).");
            }

            buffer.Write(piece, 0, read);
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
        if (wanted.IfMatch.Count > 0 && (current is null || !IfNoneMatch.Holds(wanted.IfMatch, current)))
        {
            throw new RequestException(StatusCodes.Status412PreconditionFailed, "card-changed",
                $"{realm.Path}{id} is not the one that If-Match names; read it again.");
        }

        if (current is not null && IfNoneMatch.Holds(wanted.IfNoneMatch, current))
        {
            throw new RequestException(StatusCodes.Status412PreconditionFailed, "card-exists",
                $"{realm.Path}{id} is there already, which If-None-Match rules out.");
        }
    }

    /// <summary>The card's tag; null when there is none. A file that is no card is there all the same, with a tag that nobody was given.</summary>
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

/// <summary>What somebody who writes a card wants to find in its place.</summary>
/// <param name="IfMatch">Tags, one of which the card must have; <c>*</c> for any card at all.</param>
/// <param name="IfNoneMatch">Tags, none of which the card may have; <c>*</c> for no card at all.</param>
internal readonly record struct CardConditions(StringValues IfMatch, StringValues IfNoneMatch)
{
    public static CardConditions Of(HttpRequest request) => new(request.Headers.IfMatch, request.Headers.IfNoneMatch);
}
