namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Enforces deadlines on browser calls in this process, because the browser and the page may both hang.</summary>
internal static class BrowserCalls
{
    /// <summary>Waits for a browser call until the deadline. A timeout becomes a <see cref="BrowserTimeoutException"/> that names the call.</summary>
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
    }

    /// <inheritdoc cref="Within{T}"/>
    public static Task Within(this Task call, string what, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken) =>
        Typed(call).Within(what, deadline, time, cancellationToken);

    /// <summary>The first line of a text. The rest of an error is its stack.</summary>
    public static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();

    private static async Task<bool> Typed(Task call)
    {
        await call;
        return true;
    }

    /// <summary>Stops waiting for a call and observes its exception. The call ends with its page at the latest.</summary>
    public static void Abandon(Task call) =>
        call.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
