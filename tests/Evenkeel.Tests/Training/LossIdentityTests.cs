using Evenkeel.Configuration;

namespace Evenkeel.Tests.Training;

/// <summary>What a loss is called where it is written down.</summary>
public sealed class LossIdentityTests
{
    [Fact]
    public void A_loss_of_the_callers_own_is_known_by_its_name()
    {
        var loss = new CustomLoss("squares", First);
        Assert.Equal(loss, new CustomLoss("squares", (_, _, _) => 0));
        Assert.Contains("squares", loss.ToString(), StringComparison.Ordinal);
        using var text = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(text))
            LossJson.Write(writer, loss);
        Assert.Contains(
            "\"name\":\"squares\"",
            System.Text.Encoding.UTF8.GetString(text.ToArray()),
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => new CustomLoss(" ", First));
    }

    [Fact]
    public void A_checkpoint_knows_its_loss()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (Trainer trainer = Open(new SoftmaxCrossEntropy { LabelSmoothing = 0.1 }))
                Checkpoint.Save(trainer, path);
            using (Trainer same = Open(new SoftmaxCrossEntropy { LabelSmoothing = 0.1 }))
                Checkpoint.Load(same, path);
            using Trainer other = Open(new SoftmaxCrossEntropy());
            var error = Assert.Throws<ModelFileException>(() => Checkpoint.Load(other, path));
            Assert.Contains("labelSmoothing 0.1", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }

        static Trainer Open(Loss loss)
        {
            var data = new ArrayDataset("made up", new float[12], [0, 1, 2, 0, 1, 2], [2], 3);
            return new Trainer(
                Model.Create(Network.Input(2).Linear(3).Build(), 1),
                data,
                new TrainingOptions { BatchSize = 6, Loss = loss }
            );
        }
    }

    private static float First(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient)
    {
        gradient.Clear();
        gradient[0] = 1;
        return output[0] - target[0];
    }
}
