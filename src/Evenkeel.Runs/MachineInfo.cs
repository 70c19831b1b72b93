using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Runs;

/// <summary>What a run was made on.</summary>
internal static class MachineInfo
{
    private const string CpuFile = "/proc/cpuinfo";

    /// <summary>System, runtime and processor as JSON.</summary>
    public static JsonObject ToJson() =>
        new()
        {
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
            ["os"] = RuntimeInformation.OSDescription,
            ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
            ["cpu"] = Processor(),
            ["processors"] = Environment.ProcessorCount,
            ["vectorBits"] = VectorWidth.Bits,
        };

    /// <summary>The processor's name as the system gives it, or "unknown".</summary>
    public static string Processor()
    {
        try
        {
            string? line = File.Exists(CpuFile)
                ? File.ReadLines(CpuFile).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
                : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
            return line is null ? "unknown" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
