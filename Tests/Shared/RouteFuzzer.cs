using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Tests;

/// <summary>Sends generated requests to a service, as bytes, since .NET's HTTP client would correct malformed ones.</summary>
/// <param name="address">The service.</param>
/// <param name="routes">Its routes, each <c>path</c>, <c>METHOD path</c> or <c>METHOD path body</c>; <c>*</c> stands for a generated value. They are requested in turn.</param>
/// <param name="key">A key that some requests carry.</param>
internal sealed partial class RouteFuzzer(Uri address, IReadOnlyList<string> routes, string key)
{
    private const int MaxAnswerBytes = 256 * 1024;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private static readonly string[] s_methods = ["GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "X"];

    private static readonly string[] s_values =
    [
        "", "a", "0", "-1", "2147483648", "NaN", "true", "%00", "%", "%zz", "%2e%2e%2f", "..", "../..", "%c0%ae", "%f0%9f%98%80", "'\"<script>", "http://169.254.169.254/", "file:///etc/passwd", "javascript:1",
        "http://127.0.0.1:9/elements/hydrogen", "realm:http://127.0.0.1:9/elements/", "user:ada", "user:ada%23x", "%23", "a&b=c&&=", "[]", "{}", "\\", "~", ".git/config", "+", "%0d%0aX-Injected:1",
    ];

    private static readonly string[] s_names = ["url", "affinity", "deadlineMs", "formats", "credentials", "priority", "type", "scale", "width", "q", "limit", "realm", "token", "command", "input", "format", "nonsense"];

    private static readonly string[] s_headers =
        ["Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Type", "Cookie", "Host", "If-None-Match", "If-Modified-Since", "If-Match", "Idempotency-Key", "Origin", "Range", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Dest",
         "User-Agent", "X-Prerender", "X-Fleet-Deadline-Ms", "X-Fleet-Request-Id", "X-Fleet-Lineage", "X-Fleet-Attempts-Left", "X-Forwarded-For", "traceparent"];

    private static readonly string[] s_headerValues =
        ["*/*", "text/html", "application/json", "application/json; charset=utf-16", "text/html;q=x", "gzip, br", "\"a\", W/\"b\"", "*", "bytes=0-", "bytes=9-1", "bytes=0-1,3-4", "Googlebot", "none", "cross-site", "https://evil.example", "null", "-1", "99999999999999999999",
         "127.0.0.1", "localhost", "evil.example", "Basic Og==", "Basic !!", "Bearer", "Bearer wrong", "Mon, 01 Jan 2030 00:00:00 GMT", "é", "00-0-0-0"];

    private int _next;

    /// <summary>Sends one generated request, and asserts that an error of the server is an expected one with a reason, and that the answer has no stack trace.</summary>
    public async Task SendAsync(Random random, CancellationToken cancellationToken)
    {
        var request = Create(random);
        string answer;
        try
        {
            answer = await ExchangeAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // The server may close the connection before it has read all of a request that it refuses.
            return;
        }

        var about = $"{Shorten(request)}\n--\n{Shorten(answer)}";
        Assert.False(answer.Contains("   at ", StringComparison.Ordinal) || answer.Contains("Exception:", StringComparison.Ordinal), "A stack trace is in the answer to " + about);
        Assert.False(answer.StartsWith("HTTP/1.1 500 ", StringComparison.Ordinal), "An exception that no code expects is the answer to " + about);
        var parts = answer.Split("\r\n\r\n", 2);
        Assert.False(parts[0].Contains("\nX-Injected", StringComparison.OrdinalIgnoreCase), "A header was injected by " + about);
        if (parts[0].Split(' ') is not [_, ['5', ..], ..] || request.StartsWith("HEAD", StringComparison.Ordinal))
        {
            return;
        }

        // Browsers and crawlers get a page that explains the error.
        var isPage = parts[0].Contains("Content-Type: text/html", StringComparison.Ordinal) && parts[0].Contains("Retry-After: ", StringComparison.Ordinal);
        Assert.True(parts is [_, { Length: > 0 } body] && (isPage || ReasonOf(body) is { Length: > 0 }), "An error of the server without a reason is the answer to " + about);
    }

    /// <summary>All routes of a service, so that a new one is requested too, except those that a test leaves out because they end what it looks at.</summary>
    public static IEnumerable<string> RoutesOf(IServiceProvider services, params string[] without) =>
        from endpoint in services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let path = "/" + Parameter().Replace(endpoint.RoutePattern.RawText ?? "", "*").TrimStart('/')
        where !without.Contains(path)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET"]
        select $"{method} {path}";

    /// <summary>Whether a request, sent in the same way, has this status.</summary>
    public async Task<bool> IsAsync(string target, int status, CancellationToken cancellationToken) =>
        (await ExchangeAsync($"GET {target} HTTP/1.1\r\nHost: {address.Authority}\r\nAccept: */*\r\nConnection: close\r\n\r\n", cancellationToken))
            .StartsWith($"HTTP/1.1 {status.ToString(CultureInfo.InvariantCulture)} ", StringComparison.Ordinal);

    private static string? ReasonOf(string body)
    {
        var (start, end) = (body.IndexOf('{', StringComparison.Ordinal), body.LastIndexOf('}'));
        try
        {
            return start < 0 || end < start ? null
                : JsonSerializer.Deserialize<JsonElement>(body[start..(end + 1)]) is var json && json.TryGetProperty("reason", out var reason) ? reason.GetString()
                // A health check names what is not healthy.
                : json.TryGetProperty("checks", out _) ? "checks" : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Shorten(string text) => text.Length <= 1_000 ? text : text[..1_000] + "…";

    private string Create(Random random)
    {
        // Of most requests something is wrong, and only that is looked at. So a part of them is as the route expects it.
        var isGood = random.Next(3) == 0;
        var (method, route, body) = Next(random, isGood);
        var request = new StringBuilder($"{method} {(isGood ? Fill(route, random) : Target(route, random))} HTTP/1.1\r\nConnection: close\r\n");
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = isGood ? 0 : random.Next(5); i > 0; i--)
        {
            if (Pick(random, s_headers) is var name && names.Add(name))
            {
                request.Append($"{name}: {(random.Next(20) == 0 ? new string('x', random.Next(20_000)) : Pick(random, s_headerValues))}\r\n");
            }
        }

        // Without the key, what an operator's route does with a request is not reached.
        if ((isGood || random.Next(2) == 0) && names.Add("Authorization"))
        {
            request.Append($"Authorization: Bearer {key}\r\n");
        }

        if (!names.Contains("Host"))
        {
            request.Append($"Host: {address.Authority}\r\n");
        }

        if (body.Length > 0)
        {
            request.Append($"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
            if (!names.Contains("Content-Type"))
            {
                request.Append("Content-Type: application/json\r\n");
            }
        }

        return request.Append("\r\n").Append(body).ToString();
    }

    private (string Method, string Path, string Body) Next(Random random, bool isGood)
    {
        var route = routes[_next++ % routes.Count];
        var parts = route.Contains(' ', StringComparison.Ordinal) ? route.Split(' ', 3) : [Pick(random, s_methods), route];
        var method = isGood || random.Next(5) > 0 ? parts[0] : Pick(random, s_methods);
        return (method, parts[1], isGood && parts is [_, _, var own] ? Fill(own, random) : method is "GET" or "HEAD" && random.Next(10) > 0 ? "" : Body(random));
    }

    private static string Fill(string text, Random random) => text.Replace("*", Pick(random, s_values), StringComparison.Ordinal).Replace(' ', '+');

    private static string Target(string route, Random random)
    {
        var target = Fill(route, random);
        if (random.Next(12) == 0)
        {
            target += "/" + new string('a', random.Next(40_000));
        }

        for (var i = random.Next(4); i > 0; i--)
        {
            target += (target.Contains('?', StringComparison.Ordinal) ? "&" : "?") + Pick(random, s_names) + "=" + Pick(random, s_values);
        }

        return target;
    }

    private static string Body(Random random) => random.Next(8) switch
    {
        0 => "",
        1 => "{",
        2 => new string('[', random.Next(2_000)),
        3 => "\u0000\uffff",
        4 => $"\"{new string('x', random.Next(300_000))}\"",
        _ => Json(random, depth: 0),
    };

    private static string Json(Random random, int depth) => (depth > 3 ? random.Next(4) : random.Next(7)) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "1e400",
        2 => random.Next(-2, 100_000).ToString(CultureInfo.InvariantCulture),
        3 => JsonSerializer.Serialize(Pick(random, s_values)),
        4 => $"[{string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => Json(random, depth + 1)))}]",
        _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(6)).Select(_ => $"\"{Pick(random, s_names)}\":{Json(random, depth + 1)}"))}}}",
    };

    private static string Pick(Random random, string[] values) => values[random.Next(values.Length)];

    [GeneratedRegex(@"\{[^{}]+\}")]
    private static partial Regex Parameter();

    private async Task<string> ExchangeAsync(string request, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(s_limit);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port, timeout.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), timeout.Token);
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            while (answer.Length < MaxAnswerBytes && await stream.ReadAsync(buffer, timeout.Token) is > 0 and var count)
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
                if (answer.ToString(0, Math.Min(answer.Length, 2_000)).Contains("text/event-stream", StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"No answer within {s_limit.TotalSeconds:0} s to {Shorten(request)}");
        }

        return answer.ToString();
    }
}
