using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Manager;

/// <summary><c>POST /commands</c> of the manager: sent to a server with its key, and to another one when that server is lost.</summary>
public sealed class CommandRouteTests : OneServerTestBase
{
    private static readonly CommandRequest s_command = new() { Command = "add", Affinity = "user:ada", Input = JsonSerializer.SerializeToElement(new { a = 1 }) };

    [Fact]
    public async Task Post_Command_IsBroughtToAServerWithItsKey()
    {
        using var response = await PostAsync(s_command, "k-1");
        var result = (await response.Content.ReadFromJsonAsync<RenderResult>(FleetJson.Options, Token))!;
        Assert.Equal(1, result.Data!.Value.GetProperty("a").GetInt32());
        var (request, key) = Assert.Single(Server.Commands);
        Assert.Equal(("add", "user:ada", "k-1"), (request.Command, request.Affinity, key));
        Assert.InRange(request.DeadlineMs!.Value, 1, RenderLimits.DefaultDeadlineMs);
    }

    [Fact]
    public async Task Post_ServerIsLost_AnotherGetsTheCommandWithTheSameKey()
    {
        var other = await Manager.AddServerAsync("prerender-1");
        FakeServer[] servers = [Server, other];
        var usual = Server.AnswerCommand;
        var lost = 0;
        foreach (var server in servers)
        {
            server.AnswerCommand = (http, request) =>
            {
                if (Interlocked.Increment(ref lost) > 1)
                {
                    return usual(http, request);
                }

                http.Abort();
                return Task.CompletedTask;
            };
        }

        using var response = await PostAsync(s_command, "k-2");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["k-2", "k-2"], servers.SelectMany(server => server.Commands).Select(command => command.Key));
    }

    [Fact]
    public async Task Post_KeyWasReused_TheServersErrorIsPassedOn()
    {
        Server.AnswerCommand = async (http, _) =>
        {
            http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            await http.Response.WriteAsJsonAsync(new { reason = "key-reused", detail = "Another command." });
        };
        using var response = await PostAsync(s_command, "k-3");
        await ManagerUnderTest.AssertProblemAsync(response, 422, "key-reused");
        Assert.Single(Server.Commands);
    }

    [Fact]
    public async Task Post_WithoutTheAdminKey_IsRefused()
    {
        using var response = await PostAsync(s_command, "k-4", adminKey: null);
        await ManagerUnderTest.AssertProblemAsync(response, 401, "wrong-admin-key");
        Assert.Empty(Server.Commands);
    }

    [Theory]
    [InlineData("add", "user:ada", null, "Idempotency-Key")]
    [InlineData("add", "everyone", "k", "affinity")]
    [InlineData("", "user:ada", "k", "command")]
    public async Task Post_BadInput_IsAProblemThatNamesIt(string name, string affinity, string? key, string field)
    {
        using var response = await PostAsync(s_command with { Command = name, Affinity = affinity }, key);
        var problem = await ManagerUnderTest.AssertProblemAsync(response, 400, "invalid-request");
        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateArray()).GetProperty("field").GetString());
    }

    private async Task<HttpResponseMessage> PostAsync(CommandRequest command, string? key, string? adminKey = ManagerUnderTest.AdminKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/commands") { Content = JsonContent.Create(command, options: FleetJson.Options) };
        if (key is not null)
        {
            request.Headers.Add(FleetHeaders.IdempotencyKey, key);
        }

        if (adminKey is not null)
        {
            request.Headers.Authorization = new("Bearer", adminKey);
        }

        return await Manager.Client.SendAsync(request, Token);
    }
}
