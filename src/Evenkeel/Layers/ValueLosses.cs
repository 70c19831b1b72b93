using System.Globalization;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel;

/// <summary>(output - target)^2.</summary>
public sealed record MeanSquaredError() : ValueLoss("meanSquaredError");

/// <summary>|output - target|; its gradient is 0 where both are equal.</summary>
public sealed record MeanAbsoluteError() : ValueLoss("meanAbsoluteError");

/// <summary>
/// (output - target)^2 / 2 up to a distance of <paramref name="Delta"/>, and Delta * (distance - Delta / 2) beyond. So the gradient of
/// outliers is limited to Delta (Huber 1964).
/// </summary>
/// <param name="Delta">Finite and above 0.</param>
public sealed record HuberLoss(double Delta = 1) : ValueLoss("huber")
{
    /// <inheritdoc/>
    public override void Validate()
    {
        if (!((float)Delta > 0 && float.IsFinite((float)Delta)))
            throw new ArgumentException($"delta must be finite and above 0, not {Delta}");
    }

    /// <summary>Kind and constants, with all their digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}(delta {Delta:R})");
}

/// <summary>
/// -t log s - (1 - t) log (1 - s) with s the sigmoid of the output, for several independent labels per example. A target is 1 (present), 0
/// (absent) or a probability. If the network itself ends with a sigmoid, the plan leaves that layer out, because the loss already contains
/// it.
/// </summary>
public sealed record BinaryCrossEntropy() : ValueLoss("binaryCrossEntropy")
{
    internal override Graph Logits(Graph graph, PlanOptions options) =>
        Without(graph, options, layer => layer is Sigmoid);
}
