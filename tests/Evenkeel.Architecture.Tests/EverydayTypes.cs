namespace Evenkeel.Architecture.Tests;

/// <summary>
/// What programs name every day lies in one namespace, whatever folder it belongs to; the rest lies in the namespace of its folder.
/// </summary>
internal static class EverydayTypes
{
    /// <summary>Files that declare <c>namespace Evenkeel</c> from a folder or another project.</summary>
    public static readonly string[] Files =
    [
        "src/Evenkeel.Data/ArrayDataset.cs",
        "src/Evenkeel.Data/DatasetExtensions.cs",
        "src/Evenkeel.Data/DatasetReading.cs",
        "src/Evenkeel.Data/DatasetSplit.cs",
        "src/Evenkeel.Data/IDataset.cs",
        "src/Evenkeel.Data/ITargetDataset.cs",
        "src/Evenkeel.Data/Images/Files/ImageFolder.cs",
        "src/Evenkeel.Data/Images/ImageData.cs",
        "src/Evenkeel.Data/Mnist/MnistFiles.cs",
        "src/Evenkeel.Data/PixelEncoding.cs",
        "src/Evenkeel.Data/Synthetic/Digits.cs",
        "src/Evenkeel.Onnx/Export/OnnxSaving.cs",
        "src/Evenkeel.Onnx/Import/OnnxLoading.cs",
        "src/Evenkeel/Diagnostics/BatchNormDiagnosis.cs",
        "src/Evenkeel/Diagnostics/Diagnosis.cs",
        "src/Evenkeel/Execution/Device.cs",
        "src/Evenkeel/Graphs/Graph.cs",
        "src/Evenkeel/Graphs/GraphException.cs",
        "src/Evenkeel/Graphs/Shape.cs",
        "src/Evenkeel/Inference/Classification.cs",
        "src/Evenkeel/Inference/ModelInference.cs",
        "src/Evenkeel/Inference/Predictor.cs",
        "src/Evenkeel/Layers/CustomLoss.cs",
        "src/Evenkeel/Layers/SoftmaxCrossEntropy.cs",
        "src/Evenkeel/Layers/ValueLosses.cs",
        "src/Evenkeel/Lowering/Loss.cs",
        "src/Evenkeel/Networks/Network.Padding.cs",
        "src/Evenkeel/Networks/Network.Whitening.cs",
        "src/Evenkeel/Networks/Network.cs",
        "src/Evenkeel/Normalization/BatchNormConvention.cs",
        "src/Evenkeel/Optimizers/Adaptive.cs",
        "src/Evenkeel/Optimizers/OptimizerConfig.cs",
        "src/Evenkeel/Optimizers/Sgd.cs",
        "src/Evenkeel/Rewrites/BatchNormFolding.cs",
        "src/Evenkeel/Rewrites/BatchNormInsertion.cs",
        "src/Evenkeel/Rewrites/FoldDecision.cs",
        "src/Evenkeel/Rewrites/LayerFreezing.cs",
        "src/Evenkeel/Serialization/Checkpoint.cs",
        "src/Evenkeel/Serialization/ModelFile.cs",
        "src/Evenkeel/Serialization/ModelFileException.cs",
        "src/Evenkeel/Serialization/ModelLoading.cs",
        "src/Evenkeel/Training/Evaluation.cs",
        "src/Evenkeel/Training/Evaluator.cs",
        "src/Evenkeel/Training/ModelTraining.cs",
        "src/Evenkeel/Training/NonFiniteLossException.cs",
        "src/Evenkeel/Training/PopulationMeasurement.cs",
        "src/Evenkeel/Training/Recalibration.cs",
        "src/Evenkeel/Training/Schedules/LearningRate.cs",
        "src/Evenkeel/Training/Trainer.cs",
        "src/Evenkeel/Training/TrainingOptions.cs",
        "src/Evenkeel/Training/TrainingProgress.cs",
    ];
}
