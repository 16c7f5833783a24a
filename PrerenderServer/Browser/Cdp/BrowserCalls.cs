using Microsoft.Playwright;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Deadlines that are kept here, not in the driver or the page: either may be the one that hangs.</summary>
internal static class BrowserCalls
{
    /// <summary>Waits for a call to the browser at most this long. What goes wrong becomes a <see cref="BrowserException"/> that names the call.</summary>
    public static async Task<T> Within<T>(this Task<T> call, string what, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(deadline, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            Abandon(call);
            throw new BrowserTimeoutException($"The browser did not {what} within {deadline.TotalSeconds:0.###} s.", e);
        }
        catch (OperationCanceledException)
        {
            Abandon(call);
            throw;
        }
        catch (PlaywrightException e)
        {
            throw new BrowserException($"The browser could not {what}: {FirstLine(e.Message)}", e);
        }
    }

    /// <inheritdoc cref="Within{T}"/>
    public static Task Within(this Task call, string what, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken) =>
        Typed(call).Within(what, deadline, time, cancellationToken);

    /// <summary>The first line of a message of the driver; the rest is its call log.</summary>
    public static string FirstLine(string message) => message.Split('\n', 2)[0].Trim();

    private static async Task<bool> Typed(Task call)
    {
        await call;
        return true;
    }

    /// <summary>Lets go of a call: nobody waits for it any more, so its exception is looked at here. It ends with its page at the latest.</summary>
    public static void Abandon(Task call) =>
        call.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
