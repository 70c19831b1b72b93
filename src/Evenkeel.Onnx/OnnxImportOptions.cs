using System.Collections.Immutable;

namespace Evenkeel.Onnx;

/// <summary>Which statistics a batch normalisation infers with that is in training mode in the file.</summary>
public enum OnnxStatistics
{
    /// <summary>Those of each batch, as the file says and ONNX Runtime computes; outputs depend on the batch then.</summary>
    File,

    /// <summary>The stored ones, as if the file had been written for inference.</summary>
    Stored,
}

/// <summary>What to import, and how much a file may ask for.</summary>
public sealed record OnnxImportOptions
{
    /// <summary>Name of the output, or of any value between, to compute alone; null for all outputs.</summary>
    public string? Output { get; init; }

    /// <summary>Which statistics nodes in training mode infer with.</summary>
    public OnnxStatistics Statistics { get; init; }

    /// <summary>
    /// Keeps NaN, infinite and negative values of batch normalisations as they are, to look at them and to repair them; otherwise such a
    /// file is refused.
    /// </summary>
    public bool AllowDamagedStatistics { get; init; }

    /// <summary>Largest model file in bytes; weights in external files do not count. At most 2^31-1, the format's own limit.</summary>
    public long MaxFileBytes { get; init; } = int.MaxValue;

    /// <summary>Most messages and texts that a file may hold: nodes, attributes, tensors, names. Each takes up to 200 bytes of memory.</summary>
    public int MaxMessages { get; init; } = 4_000_000;

    /// <summary>Most values that one example may have at any place of the network; 1 GiB of float32.</summary>
    public long MaxValuesPerExample { get; init; } = 1L << 28;

    /// <summary>Most nodes of the graph; calls of functions count, and so do the nodes that stand for them.</summary>
    public int MaxNodes { get; init; } = 100_000;

    /// <summary>Most bytes of the nodes that calls of functions and branches stand for, with their attributes.</summary>
    public long MaxInlinedBytes { get; init; } = 1L << 26;

    /// <summary>Most values of a tensor that is computed while importing; initialisers do not count.</summary>
    public int MaxFoldedValues { get; init; } = 1 << 20;

    /// <summary>Most values of all such tensors together; eight times the values that the file holds are allowed in any case.</summary>
    public long MaxFoldedValuesInAll { get; init; } = 1L << 24;

    /// <summary>Sizes for symbolic dimensions other than the batch, by the name that the file gives them.</summary>
    public IReadOnlyDictionary<string, int> Dimensions { get; init; } = new Dictionary<string, int>();

    /// <summary>
    /// Numbers for inputs that hold one, by the input's name: such an input is a constant of the model. A file that chooses between networks by a
    /// sampling rate, <c>sr</c> = 16000, is imported with the one that is chosen.
    /// </summary>
    public IReadOnlyDictionary<string, double> InputValues { get; init; } = new Dictionary<string, double>();

    /// <summary>
    /// Shapes of inputs that the file leaves open, by the input's name, in the file's order and with the batch: 1, 3, 48, 192 for [N, 3, H,
    /// W]. Sizes that the file fixes must be the same; the batch may be any.
    /// </summary>
    public IReadOnlyDictionary<string, ImmutableArray<int>> InputShapes { get; init; } =
        new Dictionary<string, ImmutableArray<int>>();
}
