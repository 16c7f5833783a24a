using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Fleet.ServiceDefaults.Telemetry;

/// <summary>Conventions of the fleet's metrics.</summary>
public static class MetricConventions
{
    /// <summary>Bucket boundaries of durations, in seconds: up to the longest render, 120 s, and the longest <c>Manager:AnswerGrace</c> after it. The default
    /// buckets end at 10 s.</summary>
    public static InstrumentAdvice<double> Durations { get; } = new()
    {
        HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 150],
    };

    /// <summary>A name of the code as the value of a tag: <c>ConnectionLost</c> is <c>connection_lost</c>.</summary>
    public static string TagValue(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    /// <summary>The name of an enum's value as the value of a tag.</summary>
    public static string TagValue<T>(T value)
        where T : struct, Enum => Names<T>.Of(value);

    // Tags are recorded per render; each name is converted once.
    private static class Names<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<T, string> s_names = Enum.GetValues<T>().Distinct().ToDictionary(value => value, value => TagValue(value.ToString()));

        public static string Of(T value) => s_names.TryGetValue(value, out var name) ? name : "unknown";
    }
}
