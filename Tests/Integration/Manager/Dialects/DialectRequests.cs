using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.Manager.Dialects;

/// <summary>Requests of clients of other prerender services.</summary>
internal static class DialectRequests
{
    /// <summary>The page that requests name.</summary>
    public const string Page = ManagerUnderTest.Host + "/products/7";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A manager that serves all dialects.</summary>
    public static Task<ManagerUnderTest> StartAsync(params string[] settings) =>
        ManagerUnderTest.StartAsync(["--Manager:Dialects:Prerender=true", "--Manager:Dialects:Rendertron=true", "--Manager:Dialects:Browserless=true", "--Manager:Dialects:Gotenberg=true", .. settings]);

    public static async Task<HttpResponseMessage> SendAsync(ManagerUnderTest manager, string method, string path, string? header = null, string? value = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        // Sent unchanged: '/http%3A%2F%2F' and '..' are not normalized.
        using var request = new HttpRequestMessage(new(method), new Uri(manager.Client.BaseAddress!.AbsoluteUri.TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (header is not null && value is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return await client.SendAsync(request, Token);
    }

    public static async Task<WebApplication> StartRealmServerAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(answer);
        await app.StartAsync(Token);
        return app;
    }

    public static Task<HttpResponseMessage> PostJsonAsync(ManagerUnderTest manager, string path, string json) =>
        manager.Client.PostAsync(path, new StringContent(json, System.Text.Encoding.UTF8, "application/json"), Token);

    public static async Task<HttpResponseMessage> PostFormAsync(ManagerUnderTest manager, string path, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        return await manager.Client.PostAsync(path, form, Token);
    }
}
