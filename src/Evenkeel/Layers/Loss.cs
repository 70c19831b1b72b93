using Evenkeel.Planning;

namespace Evenkeel.Layers;

/// <summary>What a training plan puts behind a network's output: a loss per row and its gradient, averaged over the batch.</summary>
public abstract record Loss
{
    internal abstract void Forward(LossContext context);

    internal abstract void Backward(LossContext context, int gradient);
}
