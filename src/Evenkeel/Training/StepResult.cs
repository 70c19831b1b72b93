namespace Evenkeel.Training;

/// <summary>What one training step did.</summary>
/// <param name="Step">Steps done, this one included.</param>
/// <param name="Loss">Mean loss of the batch before the update; 0 where no example counts.</param>
/// <param name="LearningRate">Rate used.</param>
/// <param name="Examples">Examples in the batch that count: those with a label.</param>
/// <param name="Epoch">Epoch of the batch, from 0.</param>
/// <param name="GradientNorm">Euclidean norm over all parameters before clipping; NaN if clipping is off.</param>
/// <param name="Applied">False if the batch was skipped because its loss was not finite, or if no example counts.</param>
public readonly record struct StepResult(
    long Step,
    double Loss,
    double LearningRate,
    int Examples,
    int Epoch,
    double GradientNorm,
    bool Applied
);
