namespace Evenkeel.Onnx;

/// <summary>What becomes of batch normalisation in a file.</summary>
public enum BatchNormExport
{
    /// <summary>Nodes of their own that normalise with the running statistics.</summary>
    Keep,

    /// <summary>
    /// One affine map each, inside the weights of the layer before or behind where that is the same function; dropout is left out.
    /// </summary>
    Fold,

    /// <summary>Nodes that normalise with the batch and give out new running statistics. From opset 14 on.</summary>
    Train,
}

/// <summary>How a model is written.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The oldest version of the operators that can be written.</summary>
    public const int OldestOpset = 13;

    /// <summary>The newest version of the operators that can be written.</summary>
    public const int NewestOpset = 21;

    /// <summary>What becomes of batch normalisation.</summary>
    public BatchNormExport BatchNorm { get; init; }

    /// <summary>Version of the operators, 13 to 21.</summary>
    public int Opset { get; init; } = 15;

    /// <summary>Name of the first input; null for the name that the network has for it, as others keep.</summary>
    public string? InputName { get; init; }

    /// <summary>Notes for the file, by key; readers leave them alone.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Name of the primary output; null for the name that the network's file gave it, or <c>output</c> where it is the only one and has none.
    /// </summary>
    public string? OutputName { get; init; }
}
