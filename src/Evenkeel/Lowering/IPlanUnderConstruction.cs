using Evenkeel.Graphs;

namespace Evenkeel.Lowering;

/// <summary>A plan while operations are lowered into it: steps and buffers so far.</summary>
internal interface IPlanUnderConstruction
{
    /// <summary>The network that is lowered.</summary>
    Graph Graph { get; }

    /// <summary>What the plan is for.</summary>
    PlanOptions Options { get; }

    /// <summary>Buffers of gradients.</summary>
    IGradientBuffers Gradients { get; }

    /// <summary>Buffer of a double: 0 where a step's loss or gradients are not finite and nothing may be changed.</summary>
    BufferId IsFinite { get; }

    /// <summary>Appends a step to a section.</summary>
    void Emit(Section section, Step step);

    /// <summary>Asks for the mean of all groups' moments at the end of a step.</summary>
    void FollowMean(GroupedMoments layer);

    /// <summary>Buffer of a value.</summary>
    BufferId Value(ValueId value);

    /// <summary>The same while the backward pass is lowered; a value that was not kept, or not as it was, is made again, once.</summary>
    BufferId ValueInBackward(ValueId value);

    /// <summary>Whether a value lies inside another.</summary>
    bool IsPart(ValueId value);

    /// <summary>Buffer of a tensor by its full name.</summary>
    BufferId Tensor(string name);

    /// <summary>Buffer that was kept under a full name.</summary>
    BufferId Kept(string name);

    /// <summary>The same while the backward pass is lowered.</summary>
    BufferId KeptInBackward(string name);

    /// <summary>Adds a buffer and keeps it under its name.</summary>
    BufferId Keep(BufferInfo buffer);

    /// <summary>Adds a buffer that the backward pass finds from here on in the place of the one kept under its name.</summary>
    BufferId KeepAgain(BufferInfo buffer);

    /// <summary>Adds a buffer.</summary>
    BufferId Add(BufferInfo buffer);
}

/// <summary>Where gradients are written while a plan is lowered.</summary>
internal interface IGradientBuffers
{
    /// <summary>Whether the value depends on anything that learns.</summary>
    bool Needs(ValueId value);

    /// <summary>Whether anybody gives the value a gradient.</summary>
    bool Has(ValueId value);

    /// <summary>The gradient of a value.</summary>
    BufferId OfValue(ValueId value);

    /// <summary>The gradient of a tensor by its full name; null if it is not trainable.</summary>
    BufferId? OfTensor(string tensor);

    /// <summary>Says that the gradient of a tensor is made of what so many slices have exchanged.</summary>
    void CountOnce(string tensor, int group);

    /// <summary>Where a node writes the gradient of an input; null if nothing before it learns.</summary>
    BufferId? ForInput(ValueId value);

    /// <summary>Where a node that may overwrite the gradient of its output writes that of an input of the same shape.</summary>
    BufferId? InPlace(ValueId input, ValueId output);

    /// <summary>Where a node that can add writes the gradient of an input; null if nothing before it learns.</summary>
    GradientTarget? Accumulating(ValueId value);
}
