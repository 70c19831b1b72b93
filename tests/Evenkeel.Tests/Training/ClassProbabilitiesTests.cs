using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Images.Views;
using Evenkeel.Data.Synthetic;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Training;

namespace Evenkeel.Tests.Training;

public sealed class ClassProbabilitiesTests
{
    private const int Side = 16;
    private static readonly MemoryImages Images = ShapesAndTextures.GenerateTest(
        9,
        new ShapesAndTexturesOptions { Side = Side, Classes = 6 }
    );

    private static Model Classifier(ulong seed, int side = Side) =>
        Model.Create(
            Network.Input(side, side, 3).Conv2d(5, 3, 2, 1).BatchNorm().Relu().GlobalAveragePool().Linear(6).Build(),
            seed
        );

    private static ClassProbabilities Ask(Model model, MultiCrop views, Action<int>? progress = null)
    {
        using var device = Device.Cpu(2);
        return ClassProbabilities.Measure(model, Images, views, ChannelScaling.Unit, device, progress);
    }

    [Fact]
    public void Probabilities_are_those_of_each_view_averaged()
    {
        using Model model = Classifier(1);
        // 9 images of 10 views do not fill a block; of 144 views they fill several.
        foreach (
            MultiCrop views in (MultiCrop[])[MultiCrop.Single(Side, 1), MultiCrop.Ten(Side), MultiCrop.All144(Side)]
        )
        {
            ClassProbabilities result = Ask(model, views);
            for (int image = 0; image < Images.Count; image++)
            {
                double[] expected = ByHand(model, views, image);
                // Sums of up to 144 float32 numbers below 1.
                for (int c = 0; c < 6; c++)
                    Assert.Equal(expected[c], result.Of(image)[c], 1e-5);
            }
        }
    }

    [Fact]
    public void An_ensemble_is_the_mean_of_probabilities_and_not_of_votes()
    {
        using Model first = Classifier(1);
        using Model second = Classifier(2);
        MultiCrop views = MultiCrop.Single(Side, 1);
        ClassProbabilities a = Ask(first, views),
            b = Ask(second, views),
            mean = ClassProbabilities.Mean([a, b]);
        int right = 0;
        for (int image = 0; image < Images.Count; image++)
        {
            float[] row = [.. Enumerable.Range(0, 6).Select(c => (a.Of(image)[c] + b.Of(image)[c]) / 2)];
            Assert.Equal(row, mean.Of(image).ToArray(), (x, y) => MathF.Abs(x - y) < 1e-6f);
            right += Array.IndexOf(row, row.Max()) == Images.Label(image) ? 1 : 0;
        }

        Assert.Equal((double)right / Images.Count, mean.Accuracy, 12);
        Assert.True(mean.TopFive >= mean.Accuracy);
    }

    [Fact]
    public void Progress_counts_images_to_the_last()
    {
        using Model model = Classifier(1);
        var told = new List<int>();
        Ask(model, MultiCrop.All144(Side), told.Add);
        Assert.Equal(Enumerable.Range(1, Images.Count), told);
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        using Model model = Classifier(1);
        using Model larger = Classifier(1, 24);
        using var device = Device.Cpu(1);
        string message = Assert.Throws<ArgumentException>(() => Ask(larger, MultiCrop.Single(Side, 1))).Message;
        Assert.Contains("[24, 24, 3]", message, StringComparison.Ordinal);
        Assert.Contains("[16, 16, 3]", message, StringComparison.Ordinal);
        MemoryImages more = ShapesAndTextures.GenerateTest(
            2,
            new ShapesAndTexturesOptions { Side = Side, Classes = 7 }
        );
        message = Assert
            .Throws<ArgumentException>(() =>
                ClassProbabilities.Measure(model, more, MultiCrop.Ten(Side), ChannelScaling.Unit, device)
            )
            .Message;
        Assert.Contains("6 classes", message, StringComparison.Ordinal);
        ClassProbabilities all = Ask(model, MultiCrop.Single(Side, 1)),
            few = ClassProbabilities.Measure(
                model,
                Images.Slice(0, 3),
                MultiCrop.Single(Side, 1),
                ChannelScaling.Unit,
                device
            );
        Assert.Throws<ArgumentException>(() => ClassProbabilities.Mean([all, few]));
        Assert.Throws<ArgumentException>(() => ClassProbabilities.Mean([]));
    }

    private static double[] ByHand(Model model, MultiCrop views, int image)
    {
        var reader = new ViewReader(Images, views, ChannelScaling.Unit);
        float[] inputs = new float[views.Count * reader.ViewLength];
        reader.Read(image, inputs);
        using var device = Device.Cpu(1);
        using var executor = new Executor(
            ExecutionPlan.Build(model.Graph, new PlanOptions(PlanMode.Inference, views.Count)),
            model,
            device
        );
        executor.Forward(inputs);
        double[] mean = new double[6];
        for (int view = 0; view < views.Count; view++)
        {
            double[] terms = [.. executor.Output.Slice(view * 6, 6).ToArray().Select(v => Math.Exp(v))];
            for (int c = 0; c < 6; c++)
                mean[c] += terms[c] / terms.Sum() / views.Count;
        }

        return mean;
    }
}
