using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fleet.Tests.EndToEnd;

/// <summary>The data of a Redis, written to the file that it loads at its next start, and removed afterwards.</summary>
internal sealed class RedisDump(int port) : IDisposable
{
    private string? _file;

    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        _file = Path.Combine(await ReadAsync("dir"), await ReadAsync("dbfilename"));
        await SendAsync("SAVE");
        Assert.Equal("+OK", await reader.ReadLineAsync(cancellationToken));
        Assert.True(File.Exists(_file), $"a dump at {_file}");

        async Task<string> ReadAsync(string setting)
        {
            await SendAsync($"CONFIG GET {setting}");
            // An array of two strings, each after its length.
            string? line = null;
            for (var i = 0; i < 5; i++)
            {
                line = await reader.ReadLineAsync(cancellationToken);
            }

            return line!;
        }

        async Task SendAsync(string command) => await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), cancellationToken);
    }

    public void Dispose()
    {
        if (_file is not null)
        {
            File.Delete(_file);
        }
    }
}
