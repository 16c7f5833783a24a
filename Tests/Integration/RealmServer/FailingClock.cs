namespace Fleet.Tests.RealmServer;

/// <summary>The system's clock, whose reads a test can let throw, to cause an unexpected exception.</summary>
internal sealed class FailingClock : TimeProvider
{
    private volatile bool _fails;

    public bool Fails
    {
        set => _fails = value;
    }

    public override DateTimeOffset GetUtcNow() => _fails ? throw new NotSupportedException("The clock is broken.") : base.GetUtcNow();
}
