using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>
/// BatchNormalization of versions 1, 6, 7, 9, 14 and 15. What changed between them: how a node says that it trains (is_test, the
/// number of outputs, training_mode), whether every position may have statistics of its own (spatial), and which variance goes into the
/// running one.
/// </summary>
internal static class BatchNormImport
{
    private const string Stored =
        "in training mode in the file: stored statistics are used as asked for, not those of each batch as the file says";

    private static readonly string[] Tensors = ["weight", "bias", "running_mean", "running_var"];

    public static Value Import(NodeImport node)
    {
        ComputedValue x = node.Computed(0);
        if (x.Rank < 1)
            throw new UnsupportedException($"its input is {x}, which has no channels");
        bool perPlace = node.Opset < 9 && node.Int("spatial", 1) == 0 && x.Count > x.Dimensions[0];
        int statistics = perPlace ? x.Count : x.Dimensions[0];
        if (x.Rank > 1)
            x = node.Network.ChannelsLast(x);
        bool trains = Trains(node);
        var layer = new BatchNorm(Convention(node, trains))
        {
            PerActivation = perPlace,
            UpdateStatistics = Updates(node),
            InferenceStatistics =
                trains && node.Network.Options.Statistics == OnnxStatistics.File
                    ? StatisticsSource.Batch
                    : StatisticsSource.Running,
        };
        ComputedValue y = node.Network.Append(node.Name, layer, x);
        for (int i = 0; i < Tensors.Length; i++)
        {
            float[] values = Read(node, i, statistics);
            bool ordered = perPlace || x.Layout == Layout.Flattened;
            node.Network.Fill(y, Tensors[i], ordered ? x.ToMemory(values) : [.. values]);
        }

        if (trains && !layer.MixesExamples)
            node.Note(Stored);
        if (!Updates(node))
            node.Note("its momentum is 1, so that training never changes its running statistics");
        return y;
    }

    /// <summary>1 - momentum without the noise of single precision: 0.9 gives 0.1.</summary>
    public static double UpdateRate(float momentum) => (double)(1 - (decimal)momentum);

    private static bool Trains(NodeImport node) =>
        node.Opset switch
        {
            < 7 => node.Int("is_test", 0) == 0,
            < 14 => node.OutputCount > 1,
            _ => node.Int("training_mode", 0) != 0,
        };

    // Momentum is the share of the old value. With all of it nothing is ever updated.
    private static bool Updates(NodeImport node) => Momentum(node) < 1;

    private static float Momentum(NodeImport node)
    {
        float momentum = node.Float("momentum", 0.9f);
        return momentum is >= 0 and <= 1
            ? momentum
            : throw new UnsupportedException($"momentum must be in [0, 1], not {momentum}");
    }

    // Version 14 was the first to say which variance is averaged: the biased one. Before, and for nodes that do not train, the file
    // leaves it open, and the default of models is taken, which is also that of the frameworks most files come from.
    private static BatchNormConvention Convention(NodeImport node, bool trains)
    {
        BatchNormConvention convention = BatchNormConvention.Default with { Epsilon = node.Float("epsilon", 1e-5f) };
        if (Updates(node))
            convention = convention with { UpdateRate = UpdateRate(Momentum(node)) };
        return trains && node.Opset >= 14 ? convention with { RunningVariance = RunningVariance.Biased } : convention;
    }

    private static float[] Read(NodeImport node, int index, int statistics)
    {
        ConstantTensor tensor = node.Constant(index + 1);
        if (tensor.Count != statistics)
        {
            string attribute =
                node.Opset < 9 && node.Int("spatial", 1) == 0
                    ? "its attribute spatial = 0 asks for one value per position, but "
                    : "";
            string remedy = attribute.Length > 0 ? "; values per channel need spatial = 1" : "";
            throw new UnsupportedException(
                $"{attribute}its {Tensors[index]} is {tensor}, where {statistics} values are needed{remedy}"
            );
        }

        float[] values = tensor.Floats;
        if (!node.Network.Options.AllowDamagedStatistics)
            Check(values, Tensors[index]);
        return values;
    }

    private static void Check(float[] values, string tensor)
    {
        int bad = Array.FindIndex(values, v => !float.IsFinite(v) || (tensor == "running_var" && v < 0));
        if (bad >= 0)
            throw new UnsupportedException(
                $"value {bad} of its {tensor} is {values[bad]}; it is damaged: recalibrate the model or export it again"
            );
    }
}
