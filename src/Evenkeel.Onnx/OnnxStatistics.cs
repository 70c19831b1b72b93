namespace Evenkeel.Onnx;

/// <summary>Which statistics a batch normalisation infers with that is in training mode in the file.</summary>
public enum OnnxStatistics
{
    /// <summary>Those of each batch, as the file says and ONNX Runtime computes; outputs depend on the batch then.</summary>
    File,

    /// <summary>The stored ones, as if the file had been written for inference.</summary>
    Stored,
}
