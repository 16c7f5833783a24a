using System.Collections.Concurrent;
using Fleet.Tests.RealmServer;

namespace Fleet.Tests.YourApp;

/// <summary>Builds the apps as their authors document it, each once for all tests. Vite's templates share one installation; Angular's is made at the same time.</summary>
public sealed class FrameworkDists : IAsyncDisposable
{
    /// <summary>React's template with the one change that its documentation names for a page that is there already: <c>hydrateRoot</c>.</summary>
    public const string HydratingReact = "React-hydrating";

    /// <summary>Angular's template with a route of its own, <c>/folder/item</c>.</summary>
    public const string RoutedAngular = "Angular-routed";

    private const string Routes = """
        import { Component, inject, signal } from '@angular/core';
        import { ActivatedRoute, Routes } from '@angular/router';

        @Component({ selector: 'app-item', template: `<h1>Item {{ id() }}</h1><p>{{ text() }}</p>` })
        export class Item {
          readonly id = signal('');
          readonly text = signal('');

          constructor() {
            inject(ActivatedRoute).paramMap.subscribe(async (parameters) => {
              const id = parameters.get('id')!;
              document.title = `Item ${id}`;
              this.id.set(id);
              this.text.set(await (await fetch(`/api/${id}`)).text());
            });
          }
        }

        export const routes: Routes = [{ path: ':folder/:id', component: Item }];
        """;

    private const string OpenApi = """
        { "openapi": "3.0.0", "info": { "title": "Periodic table", "version": "1", "description": "Chemical elements by symbol" }, "paths": { "/elements/{symbol}": { "get": {
          "summary": "Reads one element", "tags": ["elements"], "responses": { "200": { "description": "The element" } },
          "parameters": [{ "name": "symbol", "in": "path", "required": true, "schema": { "type": "string" } }] } } } }
        """;

    private const string Docsify = """
        <!doctype html>
        <html lang="en">
          <head>
            <meta charset="UTF-8" />
            <title>Periodic table</title>
            <meta name="viewport" content="width=device-width, initial-scale=1.0" />
            <link rel="stylesheet" href="dist/themes/core.min.css" />
          </head>
          <body>
            <div id="app"></div>
            <script>window.$docsify = {};</script>
            <script src="dist/docsify.min.js"></script>
          </body>
        </html>
        """;

    private const string Redoc = """
        <!doctype html>
        <html>
          <head>
            <title>Periodic table</title>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
          </head>
          <body>
            <redoc spec-url="/openapi.json"></redoc>
            <script src="/bundles/redoc.standalone.js"></script>
          </body>
        </html>
        """;

    private readonly CancellationTokenSource _stop = new();
    private readonly TempFolder _folder = new();
    private readonly Lazy<Task<NodeProject>> _templates;
    private readonly Lazy<Task<NodeProject>> _angular;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _dists = new();

    public FrameworkDists()
    {
        _templates = new(() => InstallAsync("ViteTemplates"));
        _angular = new(BuildAngularAsync);
    }

    /// <summary>Builds an app, unless it is built.</summary>
    /// <returns>Folder of its <c>index.html</c>, which no test changes.</returns>
    internal Task<string> BuildAsync(string framework) => _dists.GetOrAdd(framework, _ => new(() => BuildOnceAsync(framework))).Value;

    private async Task<string> BuildOnceAsync(string framework)
    {
        switch (framework)
        {
            case "Angular":
                return Path.Combine((await _angular.Value).Folder, "angular", "dist", "angular", "browser");
            case RoutedAngular:
                var angular = Path.Combine((await _angular.Value).Folder, "angular");
                await File.WriteAllTextAsync(Path.Combine(angular, "src", "app", "app.routes.ts"), Routes, _stop.Token);
                await BuildAngularAsync(angular, "--output-path=dist/routed");
                return Path.Combine(angular, "dist", "routed", "browser");
            case HydratingReact:
                var react = await CopyAsync("React", framework);
                var main = Path.Combine(react, "src", "main.jsx");
                var mount = await File.ReadAllTextAsync(main, _stop.Token);
                Assert.Contains("createRoot(document.getElementById('root')).render(", mount, StringComparison.Ordinal);
                mount = mount.Replace("import { createRoot }", "import { createRoot, hydrateRoot }", StringComparison.Ordinal).Replace(
                    "createRoot(document.getElementById('root')).render(",
                    "const root = document.getElementById('root');\n((app) => root.hasChildNodes() ? hydrateRoot(root, app) : createRoot(root).render(app))(",
                    StringComparison.Ordinal);
                await File.WriteAllTextAsync(main, mount, _stop.Token);
                return await BuildViteAsync(react);
            case "docsify":
                await UnpackAsync("docsify@5.0.0", "1762c1bec1bf4645bd559b3dd453dc799a490629520bd1180a27749f56219d06f738ec3addd93bd1dd484cf47644fc3198f3dc58543e4ceb697489a294b5b21b", framework);
                _folder.Write("docsify/index.html", Docsify);
                _folder.Write("docsify/README.md", "# Periodic table\n\nChemical elements by symbol\n");
                break;
            case "Redoc":
                await UnpackAsync("redoc@2.5.1", "2e6a80fb80370a6853965186d7dec5d1aad4a660a1ba4023f6495f49dc4d45e993f47af4ef15ebece18abb83c7cc1b37e7db20ac9fb827098e94cee7c4b3c632", framework);
                _folder.Write("Redoc/index.html", Redoc);
                _folder.Write("Redoc/openapi.json", OpenApi);
                break;
            case "Swagger UI":
                await UnpackAsync("swagger-ui-dist@5.35.0", "534eaba4cb56f55dd73c638179a993512af4674f63317e0826e00da44fc465b021c341bc0a0c2bcd4e18997927fe1d3008336c5dd19aad334d1c2dec53cc9551", framework);
                var initializer = Path.Combine(_folder.Path, framework, "swagger-initializer.js");
                var text = await File.ReadAllTextAsync(initializer, _stop.Token);
                Assert.Contains("https://petstore.swagger.io/v2/swagger.json", text, StringComparison.Ordinal);
                await File.WriteAllTextAsync(initializer, text.Replace("https://petstore.swagger.io/v2/swagger.json", "/openapi.json", StringComparison.Ordinal), _stop.Token);
                _folder.Write("Swagger UI/openapi.json", OpenApi);
                break;
            default:
                // Angular's takes longest.
                _ = _angular.Value;
                return await BuildViteAsync(await CopyAsync(framework, framework));
        }

        return Path.Combine(_folder.Path, framework);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var project in (Lazy<Task<NodeProject>>[])[_templates, _angular])
        {
            if (project.IsValueCreated)
            {
                await project.Value.ContinueWith(
                    made => { if (made.IsCompletedSuccessfully) { made.Result.Dispose(); } }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }

        _folder.Dispose();
        _stop.Dispose();
    }

    private async Task<string> CopyAsync(string framework, string name)
    {
        var project = await _templates.Value;
        var app = Path.Combine(project.Folder, name);
        NodeProject.Copy(Path.Combine(project.Folder, "node_modules", "create-vite", $"template-{framework.ToLowerInvariant()}"), app);
        return app;
    }

    private async Task<string> BuildViteAsync(string app)
    {
        await NodeProject.NodeAsync(app, ["../node_modules/vite/bin/vite.js", "build"], _stop.Token);
        return Path.Combine(app, "dist");
    }

    private async Task<NodeProject> InstallAsync(string name)
    {
        var project = new NodeProject($"Tests/Integration/YourApp/{name}");
        try
        {
            // No locked package needs its install script, and the lock file pins the content of each.
            await NodeProject.NpmAsync(project.Folder, ["ci", "--no-progress", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"], _stop.Token);
            return project;
        }
        catch
        {
            project.Dispose();
            throw;
        }
    }

    private async Task<NodeProject> BuildAngularAsync()
    {
        var project = await InstallAsync("AngularTemplate");
        try
        {
            var ng = Path.Combine(project.Folder, "node_modules", "@angular", "cli", "bin", "ng.js");
            await NodeProject.NodeAsync(project.Folder, [ng, "new", "angular", "--skip-install", "--skip-git", "--defaults"], _stop.Token);
            await BuildAngularAsync(Path.Combine(project.Folder, "angular"));
            return project;
        }
        catch
        {
            project.Dispose();
            throw;
        }
    }

    private Task BuildAngularAsync(string app, params string[] options) =>
        NodeProject.NodeAsync(app, ["../node_modules/@angular/cli/bin/ng.js", "build", .. options], _stop.Token);

    private async Task UnpackAsync(string package, string sha512, string framework)
    {
        using var unpacked = await NpmPackage.GetAsync(package, sha512);
        NodeProject.Copy(unpacked.Folder, Path.Combine(_folder.Path, framework));
    }
}
