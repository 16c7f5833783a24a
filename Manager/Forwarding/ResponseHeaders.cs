using System.Buffers;
using System.Globalization;
using System.Net.Mime;
using System.Net;
using Fleet.Contracts;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Forwarding;

/// <summary>What a server says ahead of its body: enough to pass the body on without understanding it.</summary>
internal sealed record ResponseHeaders(RenderOutcome Outcome, string MediaType, int Status, string? Location, string? ShellToken)
{
    /// <summary>The head of an answer that is a verdict in the wanted form. Null for any other, a error or a server of another version for one:
    /// that has to be read to be understood.</summary>
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

        return new(outcome, response.Content.Headers.ContentType.ToString(), status, Header(FleetHeaders.PageLocation), Header(FleetHeaders.HostShell));

        string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
    }
}

/// <summary>The first bytes of a body, or all of it.</summary>
/// <param name="Bytes">What was read.</param>
/// <param name="IsBuffered">Whether that is all.</param>
internal sealed record ResponsePrefix(ReadOnlyMemory<byte> Bytes, bool IsBuffered)
{
    private const int Chunk = 16 * 1024;

    /// <summary>Reads a body to its end, or until more than <paramref name="most"/> bytes have come.</summary>
    public static async Task<ResponsePrefix> ReadAsync(Stream body, long? length, int most, CancellationToken cancellationToken)
    {
        // One byte more than it says shows that it is over.
        var bytes = new ArrayBufferWriter<byte>((int)Math.Min(length ?? Chunk, most) + 1);
        while (bytes.WrittenCount <= most)
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
