using System.Text;
using Fleet.RealmServer.Caching;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Signatures;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Agents;

/// <summary>Verifies the signatures by which agents say who they are: Web Bot Auth, on HTTP message signatures (RFC 9421).</summary>
internal sealed class AgentSignatures(KeyDirectories directories, IOptions<WebBotAuthOptions> options, TimeProvider timeProvider)
{
    private const long MaxNonceBytes = 16 * 1024 * 1024;
    private const string Agent = "signature-agent";

    private readonly SignatureRules _rules = new(options.Value.Agents);
    private readonly BoundedCache<object> _nonces = new(MaxNonceBytes, static _ => 100);
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

        if (SignatureBase.Of(claim.Input, MessageOf(request)) is not { } text
            || await directories.FindAsync(claim.Agent, claim.Input.KeyId!, cancellationToken) is not { } key
            || !key.Verifies(Encoding.ASCII.GetBytes(text), claim.Signature))
        {
            return null;
        }

        return IsFirstUse(claim) ? claim.Agent : null;
    }

    private static SignedMessage MessageOf(HttpRequest request)
    {
        var url = new Uri($"{request.Scheme}://{request.Host.ToUriComponent()}/");
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return new(request.Method, request.Scheme, SignedMessage.AuthorityOf(url), target, name =>
            request.Headers.TryGetValue(name, out var values) && values.Count > 0 ? string.Join(", ", values.Select(static value => value?.Trim())) : null);
    }

    // A nonce that was evicted, or that another realm server has seen, may be used again; the signature still ends.
    private bool IsFirstUse(SignatureClaim claim)
    {
        if (claim.Input.Nonce is not { } nonce)
        {
            return true;
        }

        var key = $"{claim.Input.KeyId} {nonce}";
        lock (_gate)
        {
            if (_nonces.TryGet(key, out _))
            {
                return false;
            }

            _nonces.Set(key, claim);
            return true;
        }
    }
}
