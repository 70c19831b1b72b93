using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Export;

/// <summary>Batch normalisation, its conventions converted: momentum is the share of the old value, the variance is the biased one.</summary>
internal static class BatchNormWriter
{
    public static string Write(NodeExport node)
    {
        var norm = (BatchNorm)node.Node.Layer;
        int count = norm.StatisticsOf(node.InputShape).Count;
        bool perPlace = count != node.InputShape.Channels;
        bool trains = node.Options.BatchNorm == BatchNormExport.Train && norm.NormalizeWith == StatisticsSource.Batch;
        string x = perPlace ? node.EmitAs($"{node.Name}.row", "Flatten", [node.Inputs[0]]) : node.Inputs[0];
        string[] read =
        [
            x,
            .. ((string[])["weight", "bias", "running_mean", "running_var"]).Select(tensor =>
                node.Floats(tensor, Ordered(node, node.Values(tensor), perPlace), count)
            ),
        ];
        string y =
            trains ? Training(node, norm, read, count)
            : norm.MixesExamples ? OfTheBatch(node, norm, read).Y
            : node.Emit("BatchNormalization", read, Attributes(node, norm));
        if (!perPlace)
            return y;
        string shape = node.Integers("shape", [-1, .. NodeExport.ChannelsFirst(node.InputShape).Select(d => (long)d)]);
        return node.EmitAs($"{node.Name}.image", "Reshape", [y, shape]);
    }

    private static float[] Ordered(NodeExport node, float[] values, bool perPlace) =>
        perPlace ? ChannelOrder.ToFirst(values, node.InputShape) : node.InFileOrder(values);

    private static string Training(NodeExport node, BatchNorm norm, string[] read, int count)
    {
        (string y, string mean, string variance) = OfTheBatch(node, norm, read);
        node.AddOutput(mean, count);
        node.AddOutput(variance, count);
        if (norm.Masked)
            node.Note("its mask leaves padding out of the statistics; ONNX has no mask and counts it");
        if (norm.Convention.RunningVariance == RunningVariance.Unbiased)
            node.Note(
                "ONNX averages the biased variance; this layer averages the unbiased one, which is m/(m-1) times as large for m values "
                    + "per channel"
            );
        return y;
    }

    // New running statistics are results in training mode, which ONNX Runtime insists on whether anybody reads them or not.
    private static (string Y, string Mean, string Variance) OfTheBatch(NodeExport node, BatchNorm norm, string[] read)
    {
        string y = node.Unused(""),
            mean = node.Unused(".running_mean.new"),
            variance = node.Unused(".running_var.new");
        node.EmitMany(
            "BatchNormalization",
            read,
            [y, mean, variance],
            [.. Attributes(node, norm), NodeExport.Attribute("training_mode", 1)]
        );
        return (y, mean, variance);
    }

    private static AttributeProto[] Attributes(NodeExport node, BatchNorm norm)
    {
        if (norm.Convention.UpdateRate is null)
            node.Note(
                "it averages all batches with equal weight, which ONNX does not support; momentum 0.9 is written"
            );
        float momentum = norm.UpdateStatistics ? (float)(1 - (decimal)(norm.Convention.UpdateRate ?? 0.1)) : 1;
        return [NodeExport.Attribute("epsilon", norm.Convention.Epsilon), NodeExport.Attribute("momentum", momentum)];
    }
}
