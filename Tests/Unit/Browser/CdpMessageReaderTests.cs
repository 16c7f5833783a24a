using System.Text;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.Tests.Browser;

public sealed class CdpMessageReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000_000)]
    public async Task Read_MessagesInPartsOfAnySize_GivesEachOne(int part)
    {
        string[] sent = ["""{"id":1,"result":{}}""", "", $$"""{"id":2,"result":"{{new string('x', 200_000)}}"}""", """{"method":"Page.loadEventFired"}"""];
        var reader = new CdpMessageReader(new PartStream(sent, part));

        Assert.Equal(sent, await ReadAllAsync(reader));
        Assert.Equal(sent.Sum(message => message.Length + 1), reader.ReceivedBytes);
    }

    [Theory]
    [InlineData("Runtime.consoleAPICalled", CdpMessageReader.MaxEventBytes, false)]
    [InlineData("Runtime.consoleAPICalled", CdpMessageReader.MaxEventBytes + 1, true)]
    [InlineData("Runtime.consoleAPICalled", 10_000_000, true)]
    [InlineData("Fetch.requestPaused", CdpMessageReader.MaxVitalEventBytes, false)]
    [InlineData("Fetch.requestPaused", CdpMessageReader.MaxVitalEventBytes + 1, true)]
    public async Task Read_EventOfALength_IsCutAboveItsBound(string method, int length, bool isCut)
    {
        var (start, end) = ($$"""{"method":"{{method}}","params":{"text":" """, """ "},"sessionId":"ABC"}""");
        var sent = $"{start}{new string('x', length - start.Length - end.Length)}{end}";
        foreach (var part in (int[])[100, 65_536, 1_000_000])
        {
            var reader = new CdpMessageReader(new PartStream([sent, "next"], part));
            using var message = await reader.ReadAsync();

            Assert.Equal((isCut, length), (message!.IsCut, message.TotalBytes));
            Assert.Equal((null, method), CdpEnvelope.ReadHead(message.Bytes.Span));
            Assert.Equal("ABC", CdpEnvelope.ReadSessionId(message.Bytes.Span));
            Assert.InRange(message.Bytes.Length, 1, isCut ? 2048 : length);
            Assert.Equal(["next"], await ReadAllAsync(reader));
        }
    }

    [Fact]
    public async Task Read_ReplyAboveTheBound_KeepsItsId()
    {
        var reader = new CdpMessageReader(new PartStream([$$"""{"id":7,"result":"{{new string('x', 5000)}}"}""", "next"], 100)) { MaxReplyBytes = 4000 };
        using var reply = await reader.ReadAsync();

        Assert.True(reply!.IsCut);
        Assert.Equal(7, CdpEnvelope.ReadHead(reply.Bytes.Span).Id);
        Assert.Equal(["next"], await ReadAllAsync(reader));
    }

    [Fact]
    public async Task Read_PipeThatEndsInAMessage_IsTheEnd() =>
        Assert.Null(await new CdpMessageReader(new MemoryStream("{\"id\":1,"u8.ToArray())).ReadAsync());

    private static async Task<List<string>> ReadAllAsync(CdpMessageReader reader)
    {
        var messages = new List<string>();
        while (await reader.ReadAsync() is { } message)
        {
            using (message)
            {
                messages.Add(Encoding.UTF8.GetString(message.Bytes.Span));
            }
        }

        return messages;
    }

    /// <summary>A stream that gives at most some bytes at a time.</summary>
    private sealed class PartStream(IEnumerable<string> messages, int part) : MemoryStream(Encoding.UTF8.GetBytes(string.Concat(messages.Select(message => message + "\0"))))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(part, buffer.Length)], cancellationToken);
    }
}
