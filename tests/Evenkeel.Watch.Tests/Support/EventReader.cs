namespace Evenkeel.Watch.Tests.Support;

/// <summary>Reads the parts of a page from its events.</summary>
internal sealed class EventReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly HttpClient _client = new();
    private readonly StreamReader _reader;

    public EventReader(Uri address) =>
        _reader = new StreamReader(_client.GetStreamAsync(new Uri(address, "events")).GetAwaiter().GetResult());

    /// <summary>The newest state of each part that was read.</summary>
    public Dictionary<string, string> Parts { get; } = [];

    /// <summary>Reads on until a part holds a text; fails if it never does.</summary>
    public void WaitFor(string part, string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (!Parts.GetValueOrDefault(part, "").Contains(text, StringComparison.Ordinal))
                ReadEvent(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"'{part}' never held '{text}' but: {Parts.GetValueOrDefault(part, "nothing")}");
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }

    private void ReadEvent(CancellationToken cancellation)
    {
        var data = new List<string>();
        while (_reader.ReadLineAsync(cancellation).AsTask().GetAwaiter().GetResult() is { Length: > 0 } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                data.Add(line["data: ".Length..]);
        }

        Assert.NotEmpty(data);
        Parts[data[0]] = string.Join('\n', data[1..]);
    }
}
