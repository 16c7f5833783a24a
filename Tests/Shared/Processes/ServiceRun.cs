using System.Diagnostics;
using System.Text;

namespace Fleet.Tests.Processes;

/// <summary>Runs a service as a process until it ends by itself.</summary>
internal static class ServiceRun
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>Starts a service and waits, bounded, until it ends by itself. Gives its exit code and all that it wrote.</summary>
    /// <param name="assembly">For instance <c>Fleet.PrerenderServer</c>.</param>
    /// <param name="adminKey">Its <c>Fleet:AdminKey</c>, in its environment.</param>
    /// <param name="arguments">Its other settings.</param>
    public static async Task<(int ExitCode, string Output)> ToEndAsync(string assembly, string adminKey, params string[] arguments)
    {
        var output = new StringBuilder();
        using var process = new Process
        {
            StartInfo = new("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), .. arguments]) 
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["Fleet__AdminKey"] = adminKey },
            },
        };
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{assembly} has not ended within {s_limit}. It wrote:\n{Read()}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return (process.ExitCode, Read());

        void Add(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }

        string Read()
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }
}
