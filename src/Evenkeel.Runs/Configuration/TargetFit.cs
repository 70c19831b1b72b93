using Evenkeel.Configuration;

namespace Evenkeel.Runs.Configuration;

/// <summary>Whether a network and its loss fit the targets of the data.</summary>
internal static class TargetFit
{
    /// <summary>Throws unless they do.</summary>
    /// <param name="f">The configuration, for messages.</param>
    /// <param name="data">What the targets are.</param>
    /// <param name="network">What makes the outputs.</param>
    /// <param name="loss">What compares both.</param>
    /// <exception cref="ConfigurationException">It names the field to change.</exception>
    public static void Require(JsonFields f, DataConfig data, Graph network, Loss loss)
    {
        string targets = $"data.targets is \"{data.TargetWord}\"";
        bool labels = TakesLabels(loss);
        if (data.HasLabels == true && !labels)
            throw new ConfigurationException(
                $"{f.PathOf("loss")}: {loss.Kind} takes float targets, but {targets}; set it to {Floats(data)}, or take softmaxCrossEntropy."
            );
        if (data.HasLabels == false && labels)
            throw new ConfigurationException(
                $"{f.PathOf("loss")}: {loss.Kind} takes class labels, but {targets}; give a loss for float targets, such as "
                    + "{\"type\": \"meanSquaredError\"}."
            );
        if (data.Targets != TargetKind.Inputs || loss is CustomLoss { TargetLength: not null })
            return;
        (Shape input, Shape output) = (network.Input.Shape, network.OutputShape);
        if (output.Count != input.Count)
            throw new ConfigurationException(
                $"{f.PathOf("network")}: the output '{network.OutputName}' is {output}, but {targets}, which are {input}; end the network "
                    + $"with {input.Count} values."
            );
        if (loss is BinaryCrossEntropy && !data.InputsAreShares)
            throw new ConfigurationException(
                $"{f.PathOf("loss")}: binaryCrossEntropy takes targets of 0 to 1, but {targets}, whose scale is another; take "
                    + "meanSquaredError, or for pixels the encoding \"binary\" or \"unit\"."
            );
    }

    /// <summary>Throws unless targets that only their file tells of are those that the loss takes.</summary>
    /// <exception cref="ConfigurationException">It names the example.</exception>
    public static void Require(DataConfig data, IDataset examples, Loss loss)
    {
        if (data is not ArrayDataConfig || loss is not BinaryCrossEntropy || examples is not ITargetDataset own)
            return;
        float[] inputs = new float[own.InputLength],
            targets = new float[own.TargetLength];
        for (int i = 0; i < own.Count; i++)
        {
            own.Read([i], 0, inputs, targets);
            int wrong = targets.AsSpan().IndexOfAnyExceptInRange(0f, 1f);
            if (wrong >= 0)
                throw new ConfigurationException(
                    FormattableString.Invariant(
                        $"loss: binaryCrossEntropy takes targets of 0 to 1, but a target of example {i} of {own.Name} is {targets[wrong]}; take meanSquaredError, or scale the targets."
                    )
                );
        }
    }

    /// <summary>Whether the loss takes class labels; else it takes float targets.</summary>
    public static bool TakesLabels(Loss loss) => loss is SoftmaxCrossEntropy or CustomLoss { Classes: not null };

    private static string Floats(DataConfig data) =>
        string.Join(" or ", data.KnownTargets.Where(t => t.Value != TargetKind.Labels).Select(t => $"\"{t.Key}\""));
}
