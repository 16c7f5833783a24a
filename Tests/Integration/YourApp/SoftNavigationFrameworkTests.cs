using Fleet.Contracts;
using Fleet.Tests.Docs;
using Fleet.Tests.Rendering;

namespace Fleet.Tests.YourApp;

/// <summary>Soft navigations of apps with the router of their framework: where they equal a full load, and where they are refused. Each answer is that of a full load.</summary>
[Collection(HostilePageCollection.Name)]
public sealed class SoftNavigationFrameworkTests(SoftServer server, FrameworkDists dists) : IClassFixture<SoftServer>
{
    private const string On = "are soft navigations from now on";

    private const string Restless = "are full loads";

    private const string React = """
        const { createElement: h, useEffect, useState } = React;
        const { BrowserRouter, Routes, Route, Link, useParams } = ReactRouterDOM;
        function Item() {
          const { folder, id } = useParams();
          const [text, setText] = useState('');
          useEffect(() => {
            let isShown = true;
            document.title = `Item ${id}`;
            setText('');
            fetch(`/api/${id}`).then((r) => r.text()).then((t) => { if (isShown) setText(t); });
            return () => { isShown = false; };
          }, [id]);
          return h('main', null, h('h1', null, 'Item ', id), h('p', null, text), h(Link, { to: `/${folder}/after-${id}` }, 'Next'));
        }
        ReactDOM.createRoot(document.getElementById('root')).render(h(BrowserRouter, null, h(Routes, null, h(Route, { path: '/:folder/:id', element: h(Item) }))));
        """;

    private const string Vue = """
        const Item = {
          template: '<main><h1>Item {{ route.params.id }}</h1><p>{{ text }}</p><router-link :to="`/${route.params.folder}/after-${route.params.id}`">Next</router-link></main>',
          setup() {
            const route = VueRouter.useRoute();
            const text = Vue.ref('');
            Vue.watch(() => route.params.id, async (id) => { document.title = `Item ${id}`; text.value = await (await fetch(`/api/${id}`)).text(); }, { immediate: true });
            return { route, text };
          },
        };
        Vue.createApp({ template: '<router-view />' }).use(VueRouter.createRouter({ history: VueRouter.createWebHistory(), routes: [{ path: '/:folder/:id', component: Item }] })).mount('#root');
        """;

    /// <summary>Framework, the server's log line, and the row of docs/your-app.md.</summary>
    public static TheoryData<string, string, string> Rows => new()
    {
        { "React Router", On, "| React Router 6, `BrowserRouter` | soft |" },
        { "Vue Router", On, "| Vue Router 4, `createWebHistory` | soft |" },
        { "Angular", On, "| Angular 21, `ng new` with a route | soft |" },
        { "docsify", Restless, "| docsify 5, `routerMode: 'history'` | full loads: a heading has `data-restore-focus` once docsify has navigated |" },
        { "Svelte", "follows neither links nor the history", "| Svelte 5, `npm create vite`, which has no router | full loads: it follows neither links nor the history |" },
    };

    [Theory, MemberData(nameof(Rows))]
    public async Task Render_AppOfAFramework_IsSoftOrRefusedAndEqualsAFullLoad(string framework, string expected, string row)
    {
        Assert.Contains(row, await File.ReadAllLinesAsync(Repository.File("docs/your-app.md"), TestContext.Current.CancellationToken));
        var app = new SoftApp(server);
        var (html, files) = await AppAsync(framework);
        app.Deploy(html, files);
        if (expected == On)
        {
            await app.LearnAsync();
            Assert.Contains(true, await app.RenderAsync(3));
        }
        else if (expected == Restless)
        {
            // Two full loads may differ, too: a progress bar is in the document.
            for (var i = 0; i < 24 && !app.IsOff; i++)
            {
                var item = app.Next();
                var result = await app.ResultAsync(item);
                Assert.Contains($">Item {item}<", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
                Assert.False(result.Page!.SoftNavigation);
            }

            await app.SaidAsync(expected);
        }
        else
        {
            await app.RefuseAsync();
            await app.SaidAsync(expected);
        }
    }

    private async Task<(string Html, Func<string, (string Type, string Text)?> FileOf)> AppAsync(string framework)
    {
        switch (framework)
        {
            case "React Router":
                return await ScriptsAsync(React,
                    ("react@18.3.1", "c12fa1020252851d0a844bcf240adfb8f54dd7e1f3d6dd18ea7e632eb1906e46f8bab80f13fd11bdefb590c075bffa16807826e1621c57e8bb176a53563fb689", "umd/react.production.min.js"),
                    ("react-dom@18.3.1", "e66e2740aa7ead945bd3d2cd1f9f463380714e1f76e75ff295b2886e97bb4e91b17c9fbd92fe812e42c15c88e3b296e06e720136a948db7b519d3593d2c9d423", "umd/react-dom.production.min.js"),
                    ("@remix-run/router@1.23.0", "3b7ac727301029a994cf57ef13441ac34c5216ab00ff269f8b68aa784d29bdd16d08ed6f898c7c40be9fdcb9ff6820932f1b3af122dfd0a3ccf5e49e33cc819c", "dist/router.umd.min.js"),
                    ("react-router@6.30.0", "0f75fc1721fd9c171348719d10abab2bbafc39813590a167dddfc217e0a8c5b48793153ba37efe521ede007457afa936b521315d83befb4ecf79726d03f74485", "dist/umd/react-router.production.min.js"),
                    ("react-router-dom@6.30.0", "c77d01efc1d5e6d164f1ec74213c330bd4d364cb9ae231b203d214947d492d06104c5cb1aff671c0e26aedebe0d495f5a8655472f86c99048a74f9dc42b8d380", "dist/umd/react-router-dom.production.min.js"));
            case "Vue Router":
                return await ScriptsAsync(Vue,
                    ("vue@3.5.13", "c267a248cc6464249cf8f336c36551b0e600642f06762a4d1514ec2d27e8755a88f666de8ca797106afc49c92e2e7ad03c67b7a093797372b4be9a14f6aff009", "dist/vue.global.prod.js"),
                    ("vue-router@4.5.0", "1c3ba4f8fb87e66a277cdb98f9cb78f6636690244ae3124057d4ece33f5415ce2bcdd0e7c502f208c18673ca4a8598474d5cdf6a7a4dc01fe5c2a7af701c08e3", "dist/vue-router.global.prod.js"));
            default:
                var dist = await dists.BuildAsync(framework == "Angular" ? FrameworkDists.RoutedAngular : framework);
                var index = await File.ReadAllTextAsync(Path.Combine(dist, "index.html"), TestContext.Current.CancellationToken);
                if (framework == "docsify")
                {
                    index = index.Replace("window.$docsify = {};", "window.$docsify = { routerMode: 'history', basePath: '/' };", StringComparison.Ordinal)
                        .Replace("\"dist/", "\"/dist/", StringComparison.Ordinal);
                }

                return (index, path => path.EndsWith(".md", StringComparison.Ordinal) ? ("text/markdown", MarkdownOf(path))
                    : Path.Combine(dist, path.TrimStart('/')) is var file && File.Exists(file) && path != "/" ? (TypeOf(path), File.ReadAllText(file)) : null);
        }
    }

    private static string MarkdownOf(string path) => $"# Item {Path.GetFileNameWithoutExtension(path)}\n\ntext\n";

    private static string TypeOf(string path) => Path.GetExtension(path) switch { ".js" => "text/javascript", ".css" => "text/css", ".svg" => "image/svg+xml", _ => "application/octet-stream" };

    /// <summary>A document with scripts of packages, and one of its own.</summary>
    private static async Task<(string Html, Func<string, (string Type, string Text)?> FileOf)> ScriptsAsync(string own, params (string Package, string Sha512, string Path)[] scripts)
    {
        var files = new Dictionary<string, string>();
        foreach (var (package, sha512, path) in scripts)
        {
            using var unpacked = await NpmPackage.GetAsync(package, sha512);
            files[$"/{Path.GetFileName(path)}"] = await File.ReadAllTextAsync(Path.Combine(unpacked.Folder, path), TestContext.Current.CancellationToken);
        }

        var tags = string.Concat(files.Keys.Select(name => $"<script src=\"{name}\"></script>"));
        return ($"<!doctype html><html><head><meta charset=utf-8><title>shop</title></head><body><div id=\"root\"></div>{tags}<script>{own}</script></body></html>",
            path => files.TryGetValue(path, out var text) ? ("text/javascript", text) : null);
    }
}
