using System.Net;
using System.Net.Sockets;

namespace Evenkeel.Data.Tests.Mnist;

/// <summary>A web server on this machine's loopback address that answers each request as the test says.</summary>
internal sealed class LocalMirror : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Func<HttpListenerContext, string, Task> _answer;
    private int _requests;

    public LocalMirror(Func<HttpListenerContext, string, Task> answer)
    {
        _answer = answer;
        (_listener, Address) = Listen();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>A mirror that has the files.</summary>
    public static LocalMirror With(IReadOnlyDictionary<string, byte[]> files) =>
        new(async (context, name) => await SendAsync(context, files[name]));

    /// <summary>An address that nobody listens at.</summary>
    public static Uri Refusing()
    {
        using var mirror = new LocalMirror((_, _) => Task.CompletedTask);
        return mirror.Address;
    }

    public static async Task SendAsync(HttpListenerContext context, byte[] bytes)
    {
        context.Response.ContentLength64 = bytes.Length;
        await context.Response.OutputStream.WriteAsync(bytes);
        context.Response.Close();
    }

    public void Dispose() => _listener.Close();

    private static (HttpListener Listener, Uri Address) Listen()
    {
        for (int attempt = 0; ; attempt++)
        {
            int port;
            using (var probe = new TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                port = ((IPEndPoint)probe.LocalEndpoint).Port;
            }

            var listener = new HttpListener();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/data/");
            try
            {
                listener.Start();
                return (listener, new Uri($"http://127.0.0.1:{port}/data/"));
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                // Somebody else took the port in between.
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                Interlocked.Increment(ref _requests);
                await _answer(context, Path.GetFileName(context.Request.Url!.AbsolutePath));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The client went away, or the test is over.
            }
        }
    }
}
