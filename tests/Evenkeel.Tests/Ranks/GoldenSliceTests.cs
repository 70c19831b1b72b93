using Evenkeel.Lowering;
using Evenkeel.Ranks;
using Evenkeel.Tests.Golden;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Ranks;

/// <summary>
/// A batch in four slices, on one, two and four ranks, against PyTorch in double precision, whose batch is whole. Every rank is compared, by
/// the tolerances of one slice: 8 times what PyTorch's own float32 deviates on the same steps.
/// </summary>
public sealed class GoldenSliceTests
{
    private const int Slices = 4;
    private const double Allowed = 8;

    public static TheoryData<string, int> Runs =>
        Cases("sigmoid_bn", "relu_bn", "sigmoid_bn_momentum", "sigmoid_bn_adam", "sigmoid_bn_adagrad", "relu");

    public static TheoryData<string, int> Networks => Cases("resnet20", "bn_inception");

    [Theory]
    [MemberData(nameof(Runs))]
    public void Slices_train_as_a_whole_batch_does_in_PyTorch(string name, int ranks) =>
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                using var golden = new GoldenRun(name);
                using Model model = golden.InitialModel();
                using var trainer = new Trainer(
                    model,
                    golden.Data(),
                    golden.Options(threads: 1) with
                    {
                        Slices = Slices,
                    },
                    ranks: rank
                );
                trainer.JoinRanks();
                GoldenRunTests.Follow(golden, trainer);
            }
        );

    [Theory]
    [MemberData(nameof(Networks))]
    public void Twenty_steps_of_convolutional_networks_do_too(string name, int ranks) =>
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                using var golden = new GoldenNetwork(name);
                using Model model = golden.InitialModel();
                using var trainer = new BatchTrainer(model, golden.Batch, OptionsOf(golden), ranks: rank);
                trainer.JoinRanks();
                Follow(golden, trainer);
            }
        );

    private static void Follow(GoldenNetwork golden, BatchTrainer trainer)
    {
        double[] expected = golden.Losses;
        double[] losses = new double[expected.Length];
        for (int step = 0; step < losses.Length; step++)
        {
            int batch = step % 2;
            losses[step] = trainer
                .Step(GoldenNetworkTests.Images(golden, batch), GoldenNetworkTests.Labels(golden, batch))
                .Loss;
            if (step == 0)
                GoldenNetworkTests.CompareGradients(golden, trainer.Model, trainer.Gradients);
        }

        Close.Absolute(expected, losses, Allowed * golden.Number("float32_losses_deviation"), "loss of step");
        using var device = Device.Cpu(1);
        GoldenNetworkTests.CompareFinal(
            golden,
            trainer.Model,
            device,
            new PlanOptions(PlanMode.Inference, golden.Batch)
        );
    }

    private static TrainingOptions OptionsOf(GoldenNetwork golden) =>
        new()
        {
            BatchSize = golden.Batch,
            Slices = Slices,
            Threads = 1,
            Optimizer = new SgdMomentum((float)golden.Number("momentum")),
            LearningRate = new ConstantRate(golden.Number("learning_rate")),
        };

    private static TheoryData<string, int> Cases(params string[] names) =>
        [.. from name in names from ranks in (int[])[1, 2, 4] select (name, ranks)];
}
