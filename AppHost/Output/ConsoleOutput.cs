namespace Fleet.AppHost.Output;

/// <summary>Lines on the console, each with its resource in front, coloured where the console can.</summary>
internal sealed class ConsoleOutput(TextWriter writer, bool colours) : IFleetOutput
{
    private const int NameWidth = 11;
    private static readonly int[] s_palette = [36, 33, 35, 32, 34, 96, 93, 95];

    private readonly Lock _gate = new();

    /// <summary>The real console. Colours are left out when it is a file or a pipe, or when NO_COLOR is set.</summary>
    public static ConsoleOutput Create() =>
        new(Console.Out, !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    public void Write(string source, string line)
    {
        var own = source == FleetOutputExtensions.Self;
        var text = own ? line : $"{Paint(source)} {line}";
        lock (_gate)
        {
            writer.WriteLine(text);
            writer.Flush();
        }
    }

    private string Paint(string source)
    {
        var name = source.PadRight(NameWidth);
        return colours ? $"\e[{s_palette[ColourOf(source)]}m{name}\e[0m|" : $"{name}|";
    }

    /// <summary>The same resource has the same colour in every run.</summary>
    private static int ColourOf(string source) => source.Sum(c => c) % s_palette.Length;
}
