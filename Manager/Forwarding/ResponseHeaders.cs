using System.Buffers;
using System.Globalization;
using System.Net.Mime;
using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Forwarding;

/// <summary>What a server's response headers say about the body: enough to stream the body without parsing it.</summary>
internal sealed record ResponseHeaders(RenderOutcome Outcome, string MediaType, int Status, string? Location, string? ShellToken, string? Record, IReadOnlyDictionary<string, string>? PageHeaders, bool? Warm, bool IsCapped)
{
    /// <summary>Reads the headers of a verdict in the requested form. Null for any other response, such as an error or one from another version:
    /// its body must be parsed.</summary>
    public static ResponseHeaders? Read(RenderOperation operation, HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType is not { } type
            || operation.WantsFile == (type == MediaTypeNames.Application.Json)
            || !Enum.TryParse<RenderOutcome>(Header(FleetHeaders.Outcome), ignoreCase: true, out var outcome) || !Enum.IsDefined(outcome)
            || outcome == RenderOutcome.NoVerdict
            || !int.TryParse(Header(FleetHeaders.PageStatus), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return null;
        }

        return new(outcome, response.Content.Headers.ContentType.ToString(), status, Header(FleetHeaders.PageLocation), Header(FleetHeaders.HostShell), Header(FleetHeaders.Record),
            PageHeadersOf(Header(FleetHeaders.PageHeaders)), bool.TryParse(Header(FleetHeaders.Warm), out var warm) ? warm : null, Header(FleetHeaders.Stability) is not null);

        string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
    }

    // The server may be of another version, so its choice of headers is checked again.
    private static IReadOnlyDictionary<string, string>? PageHeadersOf(string? json)
    {
        try
        {
            return json is null ? null : PageHeaderRules.Passed(JsonSerializer.Deserialize<Dictionary<string, string>>(json));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The first bytes of a body, or the whole body.</summary>
/// <param name="Bytes">The bytes read so far.</param>
/// <param name="IsBuffered">Whether the whole body was read.</param>
internal sealed record ResponsePrefix(ReadOnlyMemory<byte> Bytes, bool IsBuffered)
{
    private const int InitialCapacity = 16 * 1024;

    /// <summary>Reads a body to its end, or until more than <paramref name="maxBytes"/> bytes were read.</summary>
    public static async Task<ResponsePrefix> ReadAsync(Stream body, long? length, int maxBytes, CancellationToken cancellationToken)
    {
        // One extra byte, so that the read that detects the end needs no larger buffer.
        var bytes = new ArrayBufferWriter<byte>((int)Math.Min(length ?? InitialCapacity, maxBytes) + 1);
        while (bytes.WrittenCount <= maxBytes)
        {
            var count = await body.ReadAsync(bytes.GetMemory(), cancellationToken);
            if (count == 0)
            {
                return new(bytes.WrittenMemory, true);
            }

            bytes.Advance(count);
        }

        return new(bytes.WrittenMemory, false);
    }
}
