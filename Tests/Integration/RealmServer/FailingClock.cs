namespace Fleet.Tests.RealmServer;

/// <summary>The system's clock, which a test can have fail whoever asks what time it is: for what nobody thinks of.</summary>
internal sealed class FailingClock : TimeProvider
{
    private volatile bool _fails;

    public bool Fails
    {
        set => _fails = value;
    }

    public override DateTimeOffset GetUtcNow() => _fails ? throw new NotSupportedException("The clock is broken.") : base.GetUtcNow();
}
