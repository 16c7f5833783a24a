using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fleet.AppHost.Local;

/// <summary>The fleet's own <c>redis-server</c>: keeps nothing on disk, and is heard on this machine only.</summary>
internal static class RedisServer
{
    /// <summary>How to start it.</summary>
    /// <param name="program">Full path of <c>redis-server</c>.</param>
    /// <param name="port">Its port on 127.0.0.1.</param>
    public static Launch Launch(string program, int port) => new(
        ResourceNames.Redis,
        program,
        [
            "--bind", "127.0.0.1",
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "--save", "",
            "--appendonly", "no",
            // It writes no dump, but would load one that happens to lie in its folder: this name lies nowhere.
            "--dir", Path.GetTempPath(),
            "--dbfilename", $"fleet-{Guid.NewGuid():N}.rdb",
            "--loglevel", "warning",
        ],
        new Dictionary<string, string>(),
        Quiet: true);

    /// <summary>Asks for a PONG. Null when it came, else what came instead.</summary>
    public static async Task<string?> PingAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken).ConfigureAwait(false);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var answer = await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            return answer == "+PONG" ? null : $"'{answer}' instead of PONG";
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return e.Message;
        }
    }
}
