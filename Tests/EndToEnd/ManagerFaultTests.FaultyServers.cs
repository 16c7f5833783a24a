using System.Text;

namespace Fleet.Tests.EndToEnd;

public sealed partial class ManagerFaultTests
{
    private static readonly string[] s_garbage =
    [
        "\u0000\u0001\u0002 no protocol at all",
        "HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n<html>not for you.",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Fleet-Outcome: rendered\r\nContent-Length: 9000\r\n\r\n{\"outcome\":\"ren",
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "",
    ];

    [Fact]
    public async Task Load_ServerAcceptsAndNeverAnswers_LosesNothing()
    {
        await using var silent = await FaultyServer.StartAsync(
            fixture.Redis.Port, static (_, _, cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
        await WithLoadAsync(load => ContactedAsync(silent, 4, load));
    }

    [Fact]
    public async Task Load_ServerAnswersGarbage_LosesNothing()
    {
        await using var faulty = await FaultyServer.StartAsync(
            fixture.Redis.Port,
            static async (stream, number, cancellationToken) => await stream.WriteAsync(Encoding.Latin1.GetBytes(s_garbage[number % s_garbage.Length]), cancellationToken));
        await WithLoadAsync(load => ContactedAsync(faulty, 2 * s_garbage.Length, load));
    }

    private static Task ContactedAsync(FaultyServer server, int times, ManagerLoad load) => Eventually.TrueAsync(
        () => server.Requests >= times, s_limit, () => $"renders sent to the server {times} times; it got {server.Requests} while {load.Done} renders were done");
}
