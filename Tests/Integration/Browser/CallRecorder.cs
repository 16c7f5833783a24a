using System.Reflection;

namespace Fleet.Tests.Browser;

/// <summary>Stands for whatever interface, and notes what is called.</summary>
public class CallRecorder : DispatchProxy
{
    /// <summary>Names of the methods, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Calls.Add(targetMethod!.Name);
        return null;
    }
}
