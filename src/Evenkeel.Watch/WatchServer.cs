using System.Net;
using System.Security.Cryptography;
using Evenkeel.Watch.Following;
using Evenkeel.Watch.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Evenkeel.Watch;

/// <summary>
/// Serves a live page of training runs on the loopback address, to those who know its token. It reads the runs' folders and nothing
/// else of the machine.
/// </summary>
internal sealed class WatchServer : IDisposable
{
    /// <summary>The most readers at a time; others are refused.</summary>
    public const int MaxConnections = 256;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private readonly WebApplication _app;
    private readonly RunSet _runs;
    private readonly Gate _gate;
    private readonly CancellationTokenSource _ending = new();

    private WatchServer(IReadOnlyList<string> folders, int port, TimeProvider clock)
    {
        Token = Gate.NewToken();
        _gate = new Gate(Token);
        _app = Build(port);
        _app.Run(Answer);
        _app.Start();
        _runs = new RunSet(folders, clock);
    }

    /// <summary>The first part of every path.</summary>
    public string Token { get; }

    /// <summary>Where the page is.</summary>
    public Uri Address =>
        new(
            $"{_app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/{Token}/"
        );

    /// <summary>Begins to serve.</summary>
    /// <param name="folders">The folders of the runs, one or more; they need not be there yet.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    /// <exception cref="IOException">The port is in use, or may not be used.</exception>
    public static WatchServer Start(IReadOnlyList<string> folders, int port = 0) =>
        new(folders, port, TimeProvider.System);

    /// <summary>Shows the last state to the readers, then ends.</summary>
    public void Dispose()
    {
        if (_ending.IsCancellationRequested)
            return;
        _runs.Dispose();
        _ending.Cancel();
        using var patience = new CancellationTokenSource(Farewell);
        _app.StopAsync(patience.Token).GetAwaiter().GetResult();
        ((IDisposable)_app).Dispose();
        _ending.Dispose();
    }

    private static WebApplication Build(int port)
    {
        // Empty: no settings from files or variables of the place where the tool is called, and no console output.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxResponseBufferSize = 1 << 16;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        return builder.Build();
    }

    private Task Answer(HttpContext context)
    {
        string nonce = RandomNumberGenerator.GetHexString(32);
        WriteHeaders(context.Response.Headers, nonce);
        if (_gate.Refusal(context.Request) is { } status)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }

        return _gate.PathBehind(context.Request)!.Split('/') switch
        {
            [""] => Page(context, nonce),
            ["events"] => Events(context),
            ["layer", var run, var layer] => Layer(context, run, layer),
            _ => NotFound(context),
        };
    }

    private static void WriteHeaders(IHeaderDictionary headers, string nonce)
    {
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    private Task Page(HttpContext context, string nonce)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(PageShell.Html(_runs.Runs, _runs.Board.Html, nonce));
    }

    private async Task Events(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _ending.Token);
        await EventStream.Write(_runs.Board, context.Response.Body, end.Token).ConfigureAwait(false);
    }

    private Task Layer(HttpContext context, string run, string layer)
    {
        if (
            !int.TryParse(run, out int index)
            || index < 0
            || index >= _runs.Runs.Count
            || !int.TryParse(layer, out int at)
        )
            return NotFound(context);
        FollowedRun followed = _runs.Runs[index];
        string? charts;
        lock (followed.Guard)
            charts = LayerParts.Charts(followed, index, at);
        if (charts is null)
            return NotFound(context);
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(charts);
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    // Signals of the process belong to the tool, which ends the server itself.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
