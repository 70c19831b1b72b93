using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evenkeel.Watch.Tests.Browser;

/// <summary>
/// Debian's Chromium without a window, told what to do by its DevTools protocol. A package that drives browsers brings over 200 MB, which
/// a newcomer's first test run is spared.
/// </summary>
internal sealed class Chromium : IDisposable
{
    private const string Program = "/usr/bin/chromium";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("evenkeel-chromium-");
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly List<string> _complaints = [];
    private int _calls;

    private Chromium()
    {
        // Root, as in containers, has no sandbox to offer; the page is this test's own.
        string[] options =
        [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--remote-debugging-port=0",
            $"--user-data-dir={_profile.FullName}",
            "about:blank",
        ];
        _process = Process.Start(new ProcessStartInfo(Program, options) { RedirectStandardError = true })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        Uri page = PageOf(Port());
        _socket.ConnectAsync(page, CancellationToken.None).GetAwaiter().GetResult();
        Call("Runtime.enable");
        Call("Log.enable");
        Call("Page.enable");
    }

    /// <summary>Errors of scripts, and what the page's policy forbade.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Starts the browser; skips the test where there is none.</summary>
    public static Chromium Start()
    {
        Assert.SkipUnless(File.Exists(Program), $"There is no {Program}: install Debian's package chromium.");
        return new Chromium();
    }

    /// <summary>Opens an address in a window of a size.</summary>
    public void Open(Uri address, int width, int height = 900, string scheme = "light")
    {
        Call(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject
            {
                ["width"] = width,
                ["height"] = height,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = width < 600,
            }
        );
        var feature = new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme };
        Call("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(feature) });
        Call("Page.navigate", new JsonObject { ["url"] = address.ToString() });
        WaitFor("document.readyState === 'complete'");
    }

    /// <summary>The value of an expression in the page, as JSON.</summary>
    public JsonNode? Value(string expression)
    {
        JsonNode answer = Call(
            "Runtime.evaluate",
            new JsonObject
            {
                ["expression"] = expression,
                ["returnByValue"] = true,
                ["awaitPromise"] = true,
            }
        );
        Assert.True(answer["exceptionDetails"] is null, $"{expression}: {answer}");
        return answer["result"]!["value"];
    }

    /// <summary>Waits until an expression holds in the page; fails if it never does.</summary>
    public void WaitFor(string expression)
    {
        var time = Stopwatch.StartNew();
        while (Value(expression)?.GetValue<bool>() != true)
        {
            Assert.True(
                time.Elapsed < Patience,
                $"{expression} never held; the page: {Value("document.body.innerText")}"
            );
            Thread.Sleep(50);
        }
    }

    /// <summary>Presses a key.</summary>
    public void Press(string key, int code)
    {
        foreach (string type in (string[])["keyDown", "keyUp"])
        {
            Call(
                "Input.dispatchKeyEvent",
                new JsonObject
                {
                    ["type"] = type,
                    ["key"] = key,
                    ["code"] = key,
                    ["windowsVirtualKeyCode"] = code,
                }
            );
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _profile.Delete(recursive: true);
    }

    private JsonNode Call(string method, JsonObject? parameters = null)
    {
        int id = ++_calls;
        var message = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters ?? [],
        };
        using var patience = new CancellationTokenSource(Patience);
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(message);
        _socket.SendAsync(bytes, WebSocketMessageType.Text, true, patience.Token).GetAwaiter().GetResult();
        while (true)
        {
            JsonNode answer = Receive(patience.Token);
            if (answer["id"]?.GetValue<int>() == id)
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer}");
            Note(answer);
        }
    }

    private void Note(JsonNode answer)
    {
        if (answer["method"]?.ToString() == "Runtime.exceptionThrown")
            _complaints.Add($"{answer["params"]!["exceptionDetails"]}");
        if (
            answer["method"]?.ToString() == "Log.entryAdded"
            && answer["params"]!["entry"]!["level"]?.ToString() == "error"
        )
            _complaints.Add($"{answer["params"]!["entry"]!["text"]}");
    }

    private JsonNode Receive(CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult part;
        do
        {
            part = _socket.ReceiveAsync(buffer.AsMemory(), cancellation).AsTask().GetAwaiter().GetResult();
            message.Write(buffer, 0, part.Count);
        } while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!;
    }

    // The browser writes the port that it took to a file.
    private int Port()
    {
        string file = Path.Combine(_profile.FullName, "DevToolsActivePort");
        var time = Stopwatch.StartNew();
        while (true)
        {
            if (File.Exists(file) && File.ReadAllLines(file) is [var port, ..])
                return int.Parse(port);
            Assert.True(time.Elapsed < Patience, $"{Program} did not start.");
            Thread.Sleep(50);
        }
    }

    private static Uri PageOf(int port)
    {
        using var client = new HttpClient();
        string pages = client.GetStringAsync($"http://127.0.0.1:{port}/json/list").GetAwaiter().GetResult();
        JsonNode page = JsonNode.Parse(pages)!.AsArray().First(p => p!["type"]!.ToString() == "page")!;
        return new Uri(page["webSocketDebuggerUrl"]!.ToString());
    }
}
