using System.Diagnostics;

namespace Evenkeel.Watch.Tests.Support;

/// <summary>The tool as a process of its own, which shows the page of a run until it is disposed of.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;

    private ToolProcess(Process process, Uri address) => (_process, Address) = (process, address);

    /// <summary>Where the page is.</summary>
    public Uri Address { get; }

    /// <summary>The most memory that it had at a time, in bytes, as Linux counts it.</summary>
    public long PeakBytes
    {
        get
        {
            string line = File.ReadLines($"/proc/{_process.Id}/status")
                .Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]);
        }
    }

    /// <summary>Starts <c>evenkeel watch</c>.</summary>
    public static ToolProcess Watch(params string[] folders)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Evenkeel.Cli.dll"));
        start.ArgumentList.Add("watch");
        foreach (string folder in folders)
            start.ArgumentList.Add(folder);
        Process process = Process.Start(start)!;
        return new ToolProcess(process, new Uri(process.StandardOutput.ReadLine()!));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
