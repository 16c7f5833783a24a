namespace Fleet.Bench.Routing;

/// <summary>What is simulated.</summary>
internal sealed record Scenario
{
    /// <summary>What the policy was made with.</summary>
    public static Scenario Known { get; } = new();

    /// <summary>What it was not: other traffic, other machines, other apps. Nothing is tuned by its results.</summary>
    public static Scenario HeldOut { get; } = new()
    {
        Seed = 20_260_727,
        Servers = 300,
        Slots = 8,
        RendersPerAffinity = 3,
        Affinities = 10_000,
        Zipf = 0.8,
        Managers = 3,
        RenderMs = 120,
        BootMs = 900,
        ScreenshotMs = 400,
    };

    /// <summary>Of the traffic, and of policies that choose at random.</summary>
    public int Seed { get; init; } = 1;

    public int Servers { get; init; } = 1_000;

    public int Slots { get; init; } = 4;

    /// <summary>As <c>Pool:RendersPerAffinity</c>.</summary>
    public int RendersPerAffinity { get; init; } = 2;

    public int Affinities { get; init; } = 4_000;

    /// <summary>Exponent of their popularity.</summary>
    public double Zipf { get; init; } = 1.0;

    public int Managers { get; init; } = 4;

    /// <summary>Mean of a render, log-normal with σ 0.5, in milliseconds.</summary>
    public double RenderMs { get; init; } = 200;

    /// <summary>Mean of a boot, log-normal with σ 0.3, in milliseconds.</summary>
    public double BootMs { get; init; } = 400;

    /// <summary>How old the managers' view of the servers gets, in milliseconds.</summary>
    public double ScreenshotMs { get; init; } = 200;

    /// <summary>Simulated, and of that not counted, in milliseconds.</summary>
    public double LengthMs { get; init; } = 16_000;

    public double WarmUpMs { get; init; } = 8_000;
}
