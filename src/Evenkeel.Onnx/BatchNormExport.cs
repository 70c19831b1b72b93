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
