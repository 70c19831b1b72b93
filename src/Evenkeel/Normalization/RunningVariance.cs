namespace Evenkeel.Normalization;

/// <summary>Which variance goes into the running average. Training always normalises by the biased one.</summary>
public enum RunningVariance
{
    /// <summary>Sum of squares over m - 1: the paper (Algorithm 2, line 10) and PyTorch.</summary>
    Unbiased,

    /// <summary>Sum of squares over m: ONNX, Keras, Flax.</summary>
    Biased,
}
