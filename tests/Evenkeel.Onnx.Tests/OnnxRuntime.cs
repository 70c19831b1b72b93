using System.Diagnostics;
using Evenkeel.Data.Formats;

namespace Evenkeel.Onnx.Tests;

/// <summary>ONNX Runtime by way of Node, where both are installed.</summary>
internal static class OnnxRuntime
{
    /// <summary>The first output of a model; skips the test where ONNX Runtime is missing.</summary>
    public static float[] Run(string model, string input, string output)
    {
        string peers = Peers();
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(peers, "node_modules", "onnxruntime-node")),
            "onnxruntime-node is not installed: npm install --ignore-scripts in bench/peers."
        );
        var start = new ProcessStartInfo("node") { RedirectStandardError = true };
        foreach (string argument in (string[])[Path.Combine(peers, "run_onnx.mjs"), model, input, output])
            start.ArgumentList.Add(argument);
        try
        {
            using Process process = Process.Start(start)!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("Node is not installed.");
        }

        return NpyFile.Read(output).Values;
    }

    private static string Peers()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Evenkeel.slnx")))
            folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? "", "bench", "peers");
    }
}
