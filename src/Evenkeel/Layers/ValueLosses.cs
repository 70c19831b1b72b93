using System.Globalization;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel;

/// <summary>(output - target)^2.</summary>
public sealed record MeanSquaredError() : ValueLoss("meanSquaredError");

/// <summary>|output - target|; its gradient is 0 where both are equal.</summary>
public sealed record MeanAbsoluteError() : ValueLoss("meanAbsoluteError");

/// <summary>
/// (output - target)^2 / 2 up to a distance of <paramref name="Delta"/>, and Delta * (distance - Delta / 2) beyond, so that outliers pull no harder
/// than what is Delta away (Huber 1964).
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
/// -t log s - (1 - t) log (1 - s) with s the sigmoid of the output: of several labels each may be there (target 1) or not (0), or as probable as the target
/// says. A sigmoid at the end of the network is part of this loss and left out of the plan.
/// </summary>
public sealed record BinaryCrossEntropy() : ValueLoss("binaryCrossEntropy")
{
    internal override Graph Logits(Graph graph, PlanOptions options) =>
        Without(graph, options, layer => layer is Sigmoid);
}
