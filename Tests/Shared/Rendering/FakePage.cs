using System.Text.Json;
using Fleet.PrerenderServer.Browser.Pages;

namespace Fleet.Tests.Rendering;

/// <summary>A page without a browser; the test defines its answers.</summary>
internal sealed class FakePage : IRenderPage
{
    /// <summary>Evaluates an expression.</summary>
    public Func<string, object> Answer { get; init; } = _ => "1";

    /// <summary>Loads a URL.</summary>
    public Func<Task<PageNavigation>> Navigate { get; init; } = () => Task.FromResult(new PageNavigation(200, null, 200));

    /// <summary>Navigates a kept document softly, within a timeout. Null for a page that keeps none.</summary>
    public Func<TimeSpan, CancellationToken, Task<string?>>? Visit { get; init; }

    /// <summary>For each navigation, whether the page may hang.</summary>
    public List<bool> MayHang { get; } = [];

    public HostCapabilities Host { get; init; } = new(["render", "run", "stage"]);

    public string? ShellToken => null;

    public bool? OffersRender => true;

    public bool IsHostBooted => true;

    public bool IsDebugged { get; init; } = true;

    public PageTermination End => PageTermination.None;

    public PageActivity Activity { get; } = new(TimeProvider.System);

    public Task<JsonElement> EvaluateAsync(string expression, TimeSpan deadline, CancellationToken cancellationToken) =>
        Task.FromResult(JsonSerializer.SerializeToElement(Answer(expression)));

    public Task<bool> FindShadowRootsAsync(TimeSpan deadline, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<TimeSpan> ComputedAsync(TimeSpan deadline, CancellationToken cancellationToken) => Task.FromResult(TimeSpan.Zero);

    public Task<PageDeparture> Departed { get; } = new TaskCompletionSource<PageDeparture>().Task;

    public Task<PageNavigation> NavigateAsync(Uri url, Func<Uri, bool> follows, bool mayHang, TimeSpan deadline, CancellationToken cancellationToken)
    {
        IsKept = false;
        MayHang.Add(mayHang);
        return Navigate();
    }

    public Task SetUpAsync(PageSetup setup, TimeSpan deadline, CancellationToken cancellationToken) => Task.CompletedTask;

    public bool IsKept { get; private set; }

    public TimeSpan? MaxIdle => null;

    public Task<string?> SourceAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled<string?>(cancellationToken) : Task.FromResult<string?>("<html>");

    public Task<bool> KeepAsync(string source, TimeSpan maxIdle, TimeSpan deadline, CancellationToken cancellationToken) => Task.FromResult(IsKept = Visit is not null);

    public Task<string?> NavigateSoftlyAsync(Uri url, TimeSpan deadline, CancellationToken cancellationToken) => Visit!(deadline, cancellationToken);

    public Task<string?> ArrivedAsync(Uri url, TimeSpan deadline, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public Task<DocumentSize> SizeAsync(bool collects, TimeSpan deadline, CancellationToken cancellationToken) => Task.FromResult<DocumentSize>(default);

    public Task BootAsync(TimeSpan deadline, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> PauseAsync(TimeSpan deadline, CancellationToken cancellationToken) => Task.FromResult<string?>("at spin");

    public Task TerminateAsync(TimeSpan deadline, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> AnswersAsync(TimeSpan deadline, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<string> MarkupAsync(TimeSpan deadline, CancellationToken cancellationToken) => Task.FromResult("");

    public Task ResizeAsync(ScreenshotShape? shape, TimeSpan deadline, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<PagePicture> ScreenshotAsync(ScreenshotShape shape, TimeSpan deadline, CancellationToken cancellationToken) => Task.FromResult<PagePicture>(new([]));

    public Task ShowCredentialsAsync(PageCredentials credentials, TimeSpan deadline, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ForgetCredentialsAsync(TimeSpan deadline, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ParkAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        IsKept = false;
        return Task.CompletedTask;
    }
}
