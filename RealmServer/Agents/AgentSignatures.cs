using System.Security.Cryptography;
using System.Text;
using Fleet.RealmServer.Caching;
using Fleet.RealmServer.Content;
using Fleet.ServiceDefaults.Signatures;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Agents;

/// <summary>Verifies the signatures by which agents say who they are: Web Bot Auth, on HTTP message signatures (RFC 9421).</summary>
internal sealed class AgentSignatures(KeyDirectories directories, PublicAddress address, IOptions<WebBotAuthOptions> options, TimeProvider timeProvider)
{
    private const long MaxNonceBytes = 16 * 1024 * 1024;
    private const string Agent = "signature-agent";

    private readonly SignatureRules _rules = new(options.Value.Agents);
    private readonly BoundedCache<object> _nonces = new(MaxNonceBytes, static _ => 100);
    private readonly object _used = new();
    private readonly Lock _gate = new();

    /// <summary>The origin of the agent that has signed the request; null if none has, or the signature does not count.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the reading of the agent's keys.</param>
    public async ValueTask<string?> AgentOfAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (options.Value.Agents.Length == 0 || _rules.Find(request.Headers[Agent], request.Headers["signature-input"], request.Headers["signature"], timeProvider.GetUtcNow()) is not { } claim)
        {
            return null;
        }

        if (MessageOf(request) is not { } message || SignatureBase.Of(claim.Input, message) is not { } text
            || await directories.FindAsync(claim.Agent, claim.Input.KeyId!, cancellationToken) is not { } key
            || !key.Verifies(Encoding.ASCII.GetBytes(text), claim.Signature))
        {
            return null;
        }

        return IsFirstUse(claim) ? claim.Agent : null;
    }

    // Scheme and authority are those of this site, not of the request: another site that an agent visits could pass its signature on, with the Host that it signs.
    private SignedMessage? MessageOf(HttpRequest request)
    {
        if (address.Url is not { } site)
        {
            return null;
        }

        var url = new Uri(site);
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return new(request.Method, url.Scheme, SignedMessage.AuthorityOf(url), target, name =>
            request.Headers.TryGetValue(name, out var values) && values.Count > 0 ? string.Join(", ", values.Select(static value => value?.Trim())) : null);
    }

    // Best effort: a nonce that was evicted from the cache, or used at another realm server, passes again until its signature expires.
    private bool IsFirstUse(SignatureClaim claim)
    {
        if (claim.Input.Nonce is not { } nonce)
        {
            return true;
        }

        var key = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{claim.Input.KeyId} {nonce}")));
        lock (_gate)
        {
            if (_nonces.TryGet(key, out _))
            {
                return false;
            }

            _nonces.Set(key, _used);
            return true;
        }
    }
}
