namespace Fleet.Tests.InMemory;

/// <summary>The registry's clock in whole milliseconds, as Redis counts.</summary>
internal static class RegistryClock
{
    public static DateTimeOffset Now(TimeProvider timeProvider) => ToMilliseconds(timeProvider.GetUtcNow());

    public static DateTimeOffset ToMilliseconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
