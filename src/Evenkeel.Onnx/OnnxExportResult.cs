namespace Evenkeel.Onnx;

/// <summary>What came of an export.</summary>
/// <param name="LargestDifference">
/// Largest difference between the model's outputs and those of the file, read back and run, over random examples; relative to the
/// larger of 1 and the output's magnitude.
/// </param>
/// <param name="Notes">Conventions that the file cannot express as the model has them.</param>
public sealed record OnnxExportResult(double LargestDifference, IReadOnlyList<string> Notes)
{
    /// <summary>Names of the inputs in the file, in the network's order.</summary>
    public required IReadOnlyList<string> InputNames { get; init; }

    /// <summary>Names of the outputs in the file, the primary one first.</summary>
    public required IReadOnlyList<string> OutputNames { get; init; }
}
