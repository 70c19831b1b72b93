using System.Collections.Immutable;
using System.Globalization;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Onnx;
using Evenkeel.Testing.Peers;

namespace Evenkeel.Bench;

/// <summary>
/// Pre-trained models as their makers publish them: imported or refused with reasons; where imported, held against ONNX Runtime as they
/// are, folded, and written again.
/// </summary>
internal static class PublishedModels
{
    // Sizes that the files leave open, as their makers' own programs feed them.
    private static readonly Dictionary<string, ImmutableArray<int>> OpenShapes = new()
    {
        ["ch_ppocr_mobile_v2.0_cls_infer"] = [1, 3, 48, 192],
        ["ch_PP-OCRv4_rec_infer"] = [1, 3, 48, 320],
        ["ch_PP-OCRv4_det_infer"] = [1, 3, 192, 320],
        ["melspectrogram"] = [1, 12400],
    };

    // Float32 in another order of sums through up to a hundred layers; a wrong number is off by far more. Of the largest output, which
    // is taken to be this at least: ONNX Runtime's sigmoid has steps of 1e-7 near zero.
    private const double Tolerance = 1e-4;
    private const double LeastScale = 1e-2;

    /// <summary>Fetches the packages and prints a table.</summary>
    /// <returns>Whether all that was imported computes what ONNX Runtime computes.</returns>
    public static bool Run(TextWriter output)
    {
        if (!OnnxRuntimePeer.IsPresent)
        {
            output.WriteLine(OnnxRuntimePeer.HowToGet);
            return false;
        }

        bool right = true;
        string folder = Directory.CreateTempSubdirectory("evenkeel-bench-").FullName;
        try
        {
            output.WriteLine(
                "Largest difference from ONNX Runtime by its largest output, batch of one, images of dark strokes on a light ground.\n"
            );
            output.WriteLine("| file | largest output | as it is | folded | written folded, in ONNX Runtime | folds |");
            output.WriteLine("|---|---|---|---|---|---|");
            foreach (string file in PublishedPackages.Fetch(folder))
            {
                (string row, double largest) = Row(file, folder);
                output.WriteLine($"| {Path.GetFileName(file)} | {row} |");
                right &= largest <= Tolerance;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return right;
    }

    private static (string Row, double Largest) Row(string file, string folder)
    {
        try
        {
            return Compare(file, folder);
        }
        catch (OnnxException e)
        {
            string reasons = e.Message.Replace(file + ": ", "").Replace("\n", "<br>").Replace('|', '/');
            return ($"refused: {reasons} | | | | ", 0);
        }
    }

    private static (string Row, double Largest) Compare(string file, string folder)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        var options = new OnnxImportOptions();
        if (OpenShapes.TryGetValue(name, out ImmutableArray<int> open))
        {
            string input = OnnxModel.ReadInputs(file)[0].Name;
            options = options with { InputShapes = new Dictionary<string, ImmutableArray<int>> { [input] = open } };
        }

        using OnnxModel imported = OnnxModel.Load(file, options);
        Model model = imported.Model;
        Shape shape = model.Graph.Input.Shape,
            result = model.Graph.Output.Shape;
        float[] x = Example(shape);
        var fed = new PeerArray(
            shape.Dimensions.Length > 1 ? [1, shape.Channels, .. shape.Dimensions[..^1]] : [1, shape.Count],
            ChannelOrder.ToFirst(x, shape)
        );
        float[] expected = Theirs(file, fed, imported.OutputName);
        using Model folded = model.FoldBatchNorm();
        string written = Path.Combine(folder, "written.onnx");
        OnnxExport.Save(model, written, new OnnxExportOptions { BatchNorm = BatchNormExport.Fold });
        double[] differences =
        [
            Difference(expected, ChannelOrder.ToFirst(Unfolded(model, x), result)),
            Difference(expected, ChannelOrder.ToFirst(Ours(folded, x), result)),
            Difference(expected, Theirs(written, fed, null)),
        ];
        string words = string.Join(" | ", differences.Select(d => d.ToString("G2", CultureInfo.InvariantCulture)));
        return (
            $"{Largest(expected).ToString("G2", CultureInfo.InvariantCulture)} | {words} | {model.PlanFolding().Count(d => d.Folds)} of {model.PlanFolding().Count}",
            differences.Max()
        );
    }

    // Dark strokes on a light ground, so that a detector of text finds something; a wave for what is no image.
    private static float[] Example(Shape shape)
    {
        float[] wave = [.. Enumerable.Range(0, shape.Count).Select(i => MathF.Sin(0.7f * i))];
        if (shape.Dimensions is not [var height, var width, var channels])
            return wave;
        for (int i = 0; i < wave.Length; i++)
        {
            (int row, int column) = (i / (width * channels), i / channels % width);
            bool stroke = row > height / 3 && row < 2 * height / 3 && column % 14 < 4 && column % 70 < 50;
            wave[i] = (stroke ? -2 : 2) + (0.1f * wave[i]);
        }

        return wave;
    }

    private static float[] Unfolded(Model model, float[] inputs)
    {
        using var device = Device.Cpu(1);
        using var executor = new Executor(model, new PlanOptions(PlanMode.Inference, 1), device);
        executor.Forward(inputs);
        return executor.Output.ToArray();
    }

    private static float[] Ours(Model model, float[] inputs)
    {
        using var predictor = new Predictor(model, maxBatch: 1);
        return predictor.Predict(inputs);
    }

    private static float[] Theirs(string file, PeerArray input, string? output)
    {
        using var peer = new OnnxRuntimePeer(file);
        return peer.Run(input)[output ?? peer.OutputNames[0]].Values;
    }

    private static double Difference(float[] expected, float[] found) =>
        expected.Length == found.Length
            ? expected.Zip(found, (a, b) => Math.Abs((double)a - b)).Max() / Math.Max(Largest(expected), LeastScale)
            : double.PositiveInfinity;

    private static double Largest(float[] values) => values.Max(v => Math.Abs((double)v));
}
