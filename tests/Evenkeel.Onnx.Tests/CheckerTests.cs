using System.Diagnostics;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Tests;

/// <summary>ONNX's own checker, where its Python package is installed.</summary>
public sealed class CheckerTests
{
    private const string Script = """
        import sys
        try:
            import onnx
        except ImportError:
            sys.exit(77)
        for path in sys.argv[1:]:
            model = onnx.load(path)
            onnx.checker.check_model(model, full_check=True)
        """;

    [Fact]
    public void Written_files_pass_the_checker()
    {
        using var folder = new TemporaryFolder();
        var files = new List<string>();
        foreach (string network in (string[])["mnist", "vgg", "resnet", "inception", "all"])
        {
            using Model model = Samples.Model(network == "all" ? Writable : Samples.Graph(network));
            foreach (BatchNormExport mode in Enum.GetValues<BatchNormExport>())
            {
                files.Add(folder.File($"{network}-{mode}.onnx"));
                OnnxExport.Save(model, files[^1], new OnnxExportOptions { BatchNorm = mode });
            }
        }

        (int code, string error) = Run(files);
        Assert.SkipWhen(code == 77, "Python's onnx package is not installed (Debian: python3-onnx).");
        Assert.True(code == 0, error);
    }

    // ONNX has no operator that whitens in training; with running statistics it is a convolution in every mode.
    private static Graph Writable =>
        AllLayers.Graph.ReplaceEach<WhiteningNorm>((_, norm) => norm with { NormalizeWith = StatisticsSource.Running });

    private static (int Code, string Error) Run(List<string> files)
    {
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        var start = new ProcessStartInfo(python) { RedirectStandardError = true };
        foreach (string argument in (string[])["-c", Script, .. files])
            start.ArgumentList.Add(argument);
        try
        {
            using Process process = Process.Start(start)!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (77, "");
        }
    }
}
