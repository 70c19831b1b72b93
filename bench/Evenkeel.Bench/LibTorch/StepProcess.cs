using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Evenkeel.Bench.LibTorch;

/// <summary>A process that runs <see cref="StepLoop"/>; it waits while it is not asked.</summary>
internal sealed class StepProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts a program and waits until it is warm.</summary>
    /// <exception cref="InvalidOperationException">It ended; what it said is on the error output.</exception>
    public StepProcess(string program, params string[] arguments)
    {
        _process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true }
        )!;
        using JsonDocument greeting = Answer();
        Name = greeting.RootElement.GetProperty("name").GetString()!;
        Parameters = greeting.RootElement.GetProperty("parameters").GetInt64();
    }

    /// <summary>The system that it runs, and its version.</summary>
    public string Name { get; }

    /// <summary>Learned values of its network.</summary>
    public long Parameters { get; }

    /// <summary>Times so many steps in a row.</summary>
    public StepBlock Time(int steps)
    {
        _process.StandardInput.WriteLine(steps.ToString(CultureInfo.InvariantCulture));
        _process.StandardInput.Flush();
        using JsonDocument answer = Answer();
        JsonElement root = answer.RootElement;
        return new StepBlock(
            root.GetProperty("seconds").GetDouble(),
            root.GetProperty("page_faults").GetDouble(),
            root.GetProperty("peak_mb").GetDouble()
        );
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private JsonDocument Answer() =>
        JsonDocument.Parse(
            _process.StandardOutput.ReadLine()
                ?? throw new InvalidOperationException(
                    $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} ended without an answer."
                )
        );
}

/// <summary>Steps in a row.</summary>
/// <param name="Seconds">Mean of a step.</param>
/// <param name="PageFaults">Mean of a step.</param>
/// <param name="PeakMegabytes">The most memory that the process had so far.</param>
internal readonly record struct StepBlock(double Seconds, double PageFaults, double PeakMegabytes);
