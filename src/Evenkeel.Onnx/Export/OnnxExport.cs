using Evenkeel.Data;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Onnx.Export;
using Evenkeel.Onnx.Messages;
using Evenkeel.Rewrites;
using Evenkeel.Serialization;
using Google.Protobuf;

namespace Evenkeel.Onnx;

/// <summary>Writes models as ONNX files.</summary>
public static class OnnxExport
{
    // The format's messages end at 2 GiB; names and nodes need a little of it.
    private const long MaxWeightBytes = int.MaxValue - (1L << 24);

    /// <summary>Writes a model, reads it back, runs both and says how far they are apart.</summary>
    /// <param name="model">Not changed.</param>
    /// <param name="path">File to create or replace as a whole.</param>
    /// <param name="options">Options of the export; null for the defaults.</param>
    /// <exception cref="OnnxException">
    /// The model cannot be exported with these options; the message names the layer and the remedy.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written; an existing file is not changed.</exception>
    public static OnnxExportResult Save(Model model, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new OnnxExportOptions();
        // What was written is read back, which a pipe or a device does not give.
        if (RegularFile.Other(path) is { } other)
            throw new OnnxException($"'{path}' is {other}; name a file.");
        string[] inputs = GraphExport.InputNamesOf(model.Graph, options),
            outputs = GraphExport.OutputNamesOf(model.Graph, options);
        Check(model, options, [.. inputs, .. outputs]);
        var notes = new List<string>();
        ModelProto proto = ToProto(model, options, notes);
        AtomicFile.Write(path, stream => proto.WriteTo(stream));
        return new OnnxExportResult(Difference(model, path, inputs, options.BatchNorm), notes)
        {
            InputNames = inputs,
            OutputNames = outputs,
        };
    }

    // Batch normalisation that is written to train infers in the model: the file is held against it in both ways.
    private static double Difference(Model model, string path, string[] inputs, BatchNormExport mode)
    {
        using OnnxModel read = OnnxModel.Load(path);
        if (mode != BatchNormExport.Train)
            return ExportCheck.LargestDifference(model, read.Model, inputs, PlanMode.Inference);
        using Model stored = model.WithStoredStatistics();
        using OnnxModel readStored = OnnxModel.Load(path, new OnnxImportOptions { Statistics = OnnxStatistics.Stored });
        return Math.Max(
            ExportCheck.LargestDifference(model, read.Model, inputs, PlanMode.BatchStatistics),
            ExportCheck.LargestDifference(stored, readStored.Model, inputs, PlanMode.Inference)
        );
    }

    /// <summary>The message that a model is written as.</summary>
    internal static ModelProto ToProto(Model model, OnnxExportOptions options, List<string> notes)
    {
        if (options.BatchNorm != BatchNormExport.Fold)
            return new GraphExport(model, options, notes).Run();
        try
        {
            using Model maps = model.FoldAffine();
            using Model folded = maps.FoldBatchNorm(out IReadOnlyList<FoldDecision> decisions);
            foreach (FoldDecision decision in decisions.Where(d => !d.Folds))
                notes.Add($"'{decision.Layer}' is written as Mul and Add: {decision.Reason}.");
            using Model affine = folded.ReplaceByAffine(new Dictionary<string, ChannelStatistics>());
            return new GraphExport(affine, options, notes).Run();
        }
        catch (GraphException e)
        {
            throw new OnnxException($"Batch normalisation cannot be folded: {e.Message}", e);
        }
    }

    // Others would give NaN without a word, and this library would not read the file.
    private static void CheckStatistics(Model model, string layer)
    {
        foreach (string name in (string[])["weight", "bias", "running_mean", "running_var"])
        {
            ReadOnlySpan<float> values = model.Floats($"{layer}.{name}");
            for (int i = 0; i < values.Length; i++)
            {
                if (!float.IsFinite(values[i]) || (name == "running_var" && values[i] < 0))
                    throw new OnnxException(
                        $"'{layer}' cannot be written: value {i} of its {name} is {values[i]}; recalibrate the model first."
                    );
            }
        }
    }

    private static void Check(Model model, OnnxExportOptions options, string[] names)
    {
        if (options.Opset is < OnnxExportOptions.OldestOpset or > OnnxExportOptions.NewestOpset)
            throw new OnnxException(
                $"Opset {options.Opset} cannot be written; choose {OnnxExportOptions.OldestOpset} to {OnnxExportOptions.NewestOpset}."
            );
        if (options.BatchNorm == BatchNormExport.Train && options.Opset < 14)
            throw new OnnxException("Batch normalisation in training mode needs opset 14 or later; choose 15.");
        if (options.Opset < 14 && model.Graph.Nodes.FirstOrDefault(n => n.Layer.MixesExamples) is { } mixes)
            throw new OnnxException(
                $"'{mixes.Name}' normalises with batch statistics in inference, which needs opset 14 or later; choose 15."
            );
        foreach (Node norm in model.Graph.Nodes.Where(n => n.Layer is BatchNorm))
            CheckStatistics(model, norm.Name);
        if (names.Distinct().Count() < names.Length)
            throw new OnnxException("Inputs and outputs need different names.");
        if (model.ParameterCount * sizeof(float) > MaxWeightBytes)
            throw new OnnxException(
                $"{model.ParameterCount} weights exceed the 2 GiB that one ONNX file holds; save the model as safetensors."
            );
    }
}
