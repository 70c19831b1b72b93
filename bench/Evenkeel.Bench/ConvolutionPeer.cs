using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Evenkeel.Bench;

/// <summary>PyTorch in a process of its own, asked for one shape at a time.</summary>
internal sealed class ConvolutionPeer : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts bench/peers/time_convolutions.py.</summary>
    public ConvolutionPeer(string peers, int threads, double seconds)
    {
        string[] arguments =
        [
            Path.Combine(peers, "time_convolutions.py"),
            threads.ToString(CultureInfo.InvariantCulture),
            seconds.ToString(CultureInfo.InvariantCulture),
        ];
        var info = new ProcessStartInfo("/usr/bin/python3", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        _process = Process.Start(info)!;
    }

    /// <summary>Milliseconds of each pass, the median and the least.</summary>
    public Dictionary<string, (double Median, double Best)> Ask(in ConvolutionBenchShape s)
    {
        _process.StandardInput.WriteLine(
            $"{s.Batch} {s.Side} {s.Inputs} {s.Outputs} {s.Kernel} {s.Stride} {s.Kernel / 2}"
        );
        _process.StandardInput.Flush();
        string line =
            _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException(
                "time_convolutions.py ended without an answer; run it by hand to see why."
            );
        using JsonDocument answer = JsonDocument.Parse(line);
        return answer
            .RootElement.EnumerateObject()
            .ToDictionary(p => p.Name, p => (p.Value[0].GetDouble(), p.Value[1].GetDouble()));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
