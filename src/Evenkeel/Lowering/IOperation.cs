namespace Evenkeel.Lowering;

/// <summary>What a plan computes at a node: the steps forward and backward. Backward stands beside forward; each step names what it reads.</summary>
internal interface IOperation
{
    /// <summary>Whether the output may be written with a gap from row to row, as one branch of a concatenation; its gradient is then read so.</summary>
    bool CanWriteRows => false;

    /// <summary>Whether the inputs may lie in the output already, side by side by channels, where the layers before write them.</summary>
    bool HoldsInputs => false;

    /// <summary>Whether the backward pass needs values just as they were, because it compares them or a program's own code reads them.</summary>
    bool NeedsExactValues => false;

    /// <summary>Whether the backward pass begins with sums of the output's gradient and the first input.</summary>
    bool SumsGradient => false;

    /// <summary>Whether the backward pass, where it makes the gradient of an input, may take the sums of what made that input.</summary>
    bool TakesSums => false;

    /// <summary>Emits the steps that compute the output.</summary>
    void Forward(ForwardContext context);

    /// <summary>
    /// Emits the steps that compute, from the output's gradient, the gradients of those inputs and parameters that
    /// <paramref name="context"/> asks for.
    /// </summary>
    void Backward(BackwardContext context);
}

/// <summary>An operation whose output may be computed again for the backward pass instead of being kept until then.</summary>
internal interface IRematerialized : IOperation
{
    /// <summary>Whether it is.</summary>
    bool Recomputes { get; }

    /// <summary>The step that makes the output once more, from what the forward pass kept.</summary>
    Step Recompute(BackwardContext context, BufferId target);
}
