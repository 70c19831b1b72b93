namespace Evenkeel.Execution;

/// <summary>What a run is given: a batch, which is the caller's and is read during the run only, and the numbers that change from step to step.</summary>
internal readonly ref struct RunInput
{
    /// <summary>Examples that are fed; the number of the last batch where nothing is fed.</summary>
    public required int Batch { get; init; }

    /// <summary>Examples of the whole batch, which the loss is averaged over; 0 where all of it is fed.</summary>
    public int Total { get; init; }

    /// <summary>Examples of the whole batch.</summary>
    public int Whole => Total > 0 ? Total : Batch;

    /// <summary>[batch, ...] of the first input, or empty where no step of the run reads them.</summary>
    public ReadOnlySpan<float> Inputs { get; init; }

    /// <summary>The same of each input behind the first.</summary>
    public ReadOnlySpan<ReadOnlyMemory<float>> Further { get; init; }

    /// <summary>What the output is to be, or nothing where no step of the run reads it.</summary>
    public Targets Targets { get; init; }

    /// <summary>Numbers that steps read.</summary>
    public StepScalars Scalars { get; init; }
}

/// <summary>The numbers of a training step.</summary>
/// <param name="StepNumber">Steps done before it, for layers that draw random numbers.</param>
/// <param name="LearningRate">The size of the update.</param>
/// <param name="Update">Number of the update, from 1 on; Adam's bias correction depends on it.</param>
internal readonly record struct StepScalars(ulong StepNumber, double LearningRate = 0, long Update = 0)
{
    /// <summary>Which slice of the batch is computed; those of one micro-batch are counted behind those of the one before.</summary>
    public int Slice { get; init; }

    /// <summary>The mean weight of the labels of the whole batch, by which the sum of the losses is divided; 1 unless set.</summary>
    public double MeanWeight
    {
        get => field > 0 ? field : 1;
        init;
    }

    /// <summary>Chooses the random numbers of a layer: others for each step and slice.</summary>
    public ulong Draw => StepNumber ^ ((ulong)Slice << 40);
}

/// <summary>What the host reads of a training step.</summary>
/// <param name="Loss">Mean loss.</param>
/// <param name="GradientNorm">Before clipping; NaN where it is not measured, infinite where loss or gradients are not finite.</param>
/// <param name="Applied">Whether parameters and running statistics were changed: loss and gradients are finite.</param>
internal readonly record struct StepReport(double Loss, double GradientNorm, bool Applied);
