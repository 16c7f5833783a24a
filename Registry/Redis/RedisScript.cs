namespace Fleet.Registry.Redis;

/// <summary>A Lua script of <c>Redis/Scripts</c>, prefixed with <c>common.lua</c>. The Redis client sends the text once per connection and its hash from then
/// on.</summary>
/// <param name="Operation">What the script does, for error messages: "claim the host shell".</param>
/// <param name="Text">The source.</param>
internal sealed record RedisScript(string Operation, string Text)
{
    private static readonly string Common = Load("common");

    public static readonly RedisScript Claim = Create("claim", "claim the host shell");
    public static readonly RedisScript ListLive = Create("list-live", "list live entries");
    public static readonly RedisScript AnnounceServer = Create("announce-server", "announce a server");
    public static readonly RedisScript RemoveServer = Create("remove-server", "remove a server");
    public static readonly RedisScript ReplaceWarm = Create("replace-warm", "replace a warm list");
    public static readonly RedisScript Announce = Create("announce", "announce a service or its realms");
    public static readonly RedisScript StorePage = Create("store-page", "store a page");
    public static readonly RedisScript TouchPage = Create("touch-page", "record the use of a page");
    public static readonly RedisScript RemovePage = Create("remove-page", "remove a page");
    public static readonly RedisScript StoreScreenshot = Create("store-screenshot", "store a screenshot");
    public static readonly RedisScript RemoveScreenshot = Create("remove-screenshot", "remove a screenshot");
    public static readonly RedisScript HoldLease = Create("hold-lease", "hold a lease");
    public static readonly RedisScript ReleaseLease = Create("release-lease", "release a lease");
    public static readonly RedisScript ServeScopes = Create("serve-scopes", "record served scopes");
    public static readonly RedisScript CountScopeRound = Create("count-scope-round", "count a round of unserved scopes");
    public static readonly RedisScript RemoveScope = Create("remove-scope", "remove the pages of a scope");
    public static readonly RedisScript NextGeneration = Create("next-generation", "issue a generation");
    public static readonly RedisScript StartCommand = Create("start-command", "start a command");
    public static readonly RedisScript CreateJob = Create("create-job", "create a job");
    public static readonly RedisScript AddJobItems = Create("add-job-items", "add URLs to a job");
    public static readonly RedisScript ClaimJobItems = Create("claim-job-items", "claim URLs of a job");
    public static readonly RedisScript RenewJobClaims = Create("renew-job-claims", "renew claims of a job");
    public static readonly RedisScript CompleteJobItem = Create("complete-job-item", "record the result of a URL of a job", "job-end");
    public static readonly RedisScript EndJob = Create("end-job", "end a job", "job-end");
    public static readonly RedisScript ReadJob = Create("read-job", "read a job");
    public static readonly RedisScript RemoveJob = Create("remove-job", "remove a job");
    public static readonly RedisScript TakeWebhook = Create("take-webhook", "take a webhook that is due");
    public static readonly RedisScript RecordWebhook = Create("record-webhook", "record an attempt to send a webhook");

    private static RedisScript Create(string file, string operation, params string[] prefixes) => new(operation, Common + string.Concat(prefixes.Select(Load)) + Load(file));

    private static string Load(string file)
    {
        var name = $"Fleet.Registry.Redis.Scripts.{file}.lua";
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The script {name} is not embedded in {typeof(RedisScript).Assembly.GetName().Name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
