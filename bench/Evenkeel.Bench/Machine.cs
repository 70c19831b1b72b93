using System.Diagnostics;
using Evenkeel.Testing.Peers;

namespace Evenkeel.Bench;

/// <summary>What the results were measured on and beside.</summary>
internal static class Machine
{
    private const string Absent = "absent";

    public static string Processor =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
                .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
                .FirstOrDefault("unknown processor")
            : "unknown processor";

    /// <summary>Whether Python finds PyTorch.</summary>
    public static bool HasPyTorch => PyTorch() != Absent;

    /// <summary>Versions of the peers, as they say themselves.</summary>
    public static string Peers() =>
        $"PyTorch {PyTorch()}, "
        + $"oneDNN {Said("dpkg-query", "-W", "-f=${Version}", "libdnnl-dev")}, "
        + $"OpenBLAS {Said("dpkg-query", "-W", "-f=${Version}", "libopenblas0-pthread", "libopenblas0-openmp")}, "
        + $"ONNX Runtime {(OnnxRuntimePeer.IsPresent ? OnnxRuntimePeer.Version : Absent)}";

    private static string PyTorch() => Said("/usr/bin/python3", "-c", "import torch; print(torch.__version__)");

    private static string Said(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            string said = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return said.Length > 0 ? said : Absent;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return Absent;
        }
    }
}
