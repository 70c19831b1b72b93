using Evenkeel.Data;
using Evenkeel.Execution;
using Evenkeel.Training;

namespace Evenkeel.Cli.Experiments;

/// <summary>Algorithm 2, lines 7-12, on the trained network.</summary>
/// <param name="Model">The network without batch normalisation.</param>
/// <param name="Accuracy">Its test accuracy.</param>
internal sealed record FrozenResult(Model Model, double Accuracy)
{
    public static FrozenResult Of(Model trained, DatasetSplit data, Device device)
    {
        Model frozen = trained.Freeze(
            data.Train,
            new PopulationOptions(BatchSize: MnistExperimentOptions.BatchSize),
            device
        );
        return new FrozenResult(frozen, frozen.Evaluate(data.Test, device).Accuracy);
    }
}
