var builder = WebApplication.CreateBuilder(args);
builder.AddFleetClient();

var app = builder.Build();
app.UsePrerender(options => options.ExcludedPaths.Add("/api"));
app.UseStaticFiles();
app.MapGet("/api/products", () => new[] { new { Id = 1, Name = "Lantern", Price = 29 }, new { Id = 2, Name = "Compass", Price = 45 } });
app.MapFallbackToFile("index.html");
app.Run();
