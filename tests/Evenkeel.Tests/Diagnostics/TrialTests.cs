using Evenkeel.Diagnostics;
using Evenkeel.Diagnostics.Causes;
using Evenkeel.Diagnostics.Trials;
using Evenkeel.Rewrites;

namespace Evenkeel.Tests.Diagnostics;

/// <summary>What a diagnosis measures: paired differences, outcomes, even batches, and how little data can tell.</summary>
public sealed class TrialTests(TrainedDigits trained) : IClassFixture<TrainedDigits>, IDisposable
{
    private readonly Device _device = Device.Cpu(1);

    public void Dispose() => _device.Dispose();

    [Fact]
    public void A_paired_difference_is_the_mean_with_its_standard_error()
    {
        PairedDifference difference = PairedDifference.Of([1, 2, 3, 6]);
        // Squares of deviations from 3: 4 + 1 + 0 + 9; over 3, over 4, root.
        Assert.Equal(3, difference.Mean, 1e-15);
        Assert.Equal(Math.Sqrt(14.0 / 3 / 4), difference.StandardError, 1e-15);
        Assert.True(double.IsPositiveInfinity(PairedDifference.Of([1]).StandardError));
    }

    [Theory]
    // A tenth of the loss, and a point of accuracy, at more than three errors.
    [InlineData(-0.11, 0.03, 0, 0.01, TrialOutcome.Better)]
    [InlineData(-0.09, 0.01, 0, 0.01, TrialOutcome.Same)]
    [InlineData(-0.11, 0.04, 0, 0.01, TrialOutcome.Same)]
    [InlineData(0, 0.1, 0.02, 0.006, TrialOutcome.Better)]
    [InlineData(0, 0.1, 0.009, 0.001, TrialOutcome.Same)]
    // Harm needs no size, but certainty.
    [InlineData(0, 0.1, -0.008, 0.003, TrialOutcome.Worse)]
    [InlineData(0, 0.1, -0.02, 0.01, TrialOutcome.Same)]
    [InlineData(0.02, 0.005, 0, 0.01, TrialOutcome.Worse)]
    [InlineData(0.02, 0.005, 0.02, 0.005, TrialOutcome.Better)]
    // Less loss with fewer right answers is no gain.
    [InlineData(-0.2, 0.01, -0.03, 0.01, TrialOutcome.Worse)]
    [InlineData(double.NaN, double.NaN, 0.5, 0.01, TrialOutcome.Better)]
    public void Outcomes(double loss, double lossError, double accuracy, double accuracyError, TrialOutcome expected)
    {
        double before = double.IsNaN(loss) ? double.NaN : 1;
        var trial = new RemedyTrial(
            "tried",
            new Evaluation(before, 0.6, 1000),
            new Evaluation(double.IsNaN(loss) ? 1 : 1 + loss, 0.6 + accuracy, 1000),
            new PairedDifference(loss, lossError),
            new PairedDifference(accuracy, accuracyError),
            Math.Log(10)
        );
        Assert.Equal(expected, trial.Outcome);
    }

    [Fact]
    public void What_stays_no_better_than_guessing_is_not_better()
    {
        var trial = new RemedyTrial(
            "tried",
            new Evaluation(9, 0.1, 1000),
            new Evaluation(4, 0.11, 1000),
            new PairedDifference(-5, 0.1),
            new PairedDifference(0.01, 0.001),
            Math.Log(10)
        );
        Assert.Equal(TrialOutcome.Same, trial.Outcome);
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(63, 64)]
    [InlineData(64, 64)]
    [InlineData(127, 64)]
    [InlineData(1000, 64)]
    [InlineData(1001, 7)]
    public void Batches_hold_every_example_once_and_none_is_a_rest(int count, int size)
    {
        int[] order = ExampleBatches.Shuffled(count);
        IReadOnlyList<int[]> batches = ExampleBatches.Even(order, size);
        Assert.Equal(Enumerable.Range(0, count), batches.SelectMany(b => b).Order());
        Assert.True(batches.Min(b => b.Length) >= Math.Min(size, count));
        Assert.InRange(batches.Max(b => b.Length) - batches.Min(b => b.Length), 0, 1);
    }

    [Fact]
    public void Data_sorted_by_class_is_scored_as_in_any_other_order()
    {
        using Model model = trained.Copy("flat");
        IDataset test = trained.Data.Test;
        int[] labels = new int[test.Count];
        test.Read([.. Enumerable.Range(0, test.Count)], new float[test.Count * test.InputLength], labels);
        IDataset sorted = test.Pick([.. Enumerable.Range(0, test.Count).OrderBy(i => labels[i])]);
        Diagnosis one = model.Diagnose(test, device: _device),
            other = model.Diagnose(sorted, device: _device);
        Assert.Equal((one.Cause, one.Stored.Accuracy), (other.Cause, other.Stored.Accuracy));
        Assert.Equal(test.Count, other.Batch.Count);
        // Batches are drawn from another order: a few answers of a thousand differ. Sorted batches would get half of them wrong.
        Assert.Equal(one.Batch.Accuracy, other.Batch.Accuracy, 0.02);
    }

    [Theory]
    [InlineData(1, "one example")]
    [InlineData(2, "2 examples")]
    [InlineData(44, "44 examples")]
    public void A_few_examples_cannot_tell(int count, string text)
    {
        using Model model = trained.UpdateStatistics("flat", 4, 64, 0.1, fromTheBeginning: true);
        Diagnosis diagnosis = model.Diagnose(trained.Data.Test.Take(count), device: _device);
        Assert.Equal(StatisticsCause.CannotTell, diagnosis.Cause);
        Assert.StartsWith(text, diagnosis.Text, StringComparison.Ordinal);
        Assert.Contains("45 examples", diagnosis.Remedy, StringComparison.Ordinal);
        Assert.Equal(StatisticsCause.TooFewUpdates, model.Diagnose(trained.Data.Test.Take(300), device: _device).Cause);
    }

    [Fact]
    public void The_same_example_many_times_cannot_tell()
    {
        using Model model = trained.Copy("convolutional");
        Diagnosis diagnosis = model.Diagnose(trained.Data.Test.Pick(new int[100]), device: _device);
        Assert.Equal(StatisticsCause.CannotTell, diagnosis.Cause);
        Assert.StartsWith("all 100 examples are the same", diagnosis.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Far_less_than_in_training_is_another_kind_of_data()
    {
        using Model model = trained.Copy("flat");
        var options = new DiagnosisOptions { AccuracyInTraining = 0.99 };
        Diagnosis diagnosis = model.Diagnose(trained.Data.Test, options, _device);
        Assert.Equal(StatisticsCause.DomainShift, diagnosis.Cause);
        Assert.StartsWith("recalibration will not help", diagnosis.Remedy, StringComparison.Ordinal);
        RemedyTrial trial = Assert.Single(diagnosis.Trials);
        Assert.NotEqual(TrialOutcome.Better, trial.Outcome);
        Assert.Equal(trained.Data.Test.Count, trial.Examples);
    }

    [Fact]
    public void Classes_explain_what_is_made_of_them_and_little_of_noise()
    {
        var random = new Random(3);
        double[][] classes = [.. Enumerable.Range(0, 5).Select(_ => Noise(random))];
        double[] mixture = [.. Enumerable.Range(0, 60).Select(i => (0.7 * classes[1][i]) - (0.2 * classes[4][i]))];
        // The ridge of 1e-6 is all that keeps it from 1.
        Assert.InRange(ClassMixture.Explained(mixture, classes), 1 - 1e-6, 1);
        // Five directions of sixty hold a twelfth of noise on average.
        Assert.InRange(ClassMixture.Explained(Noise(random), classes), 0, 0.3);
    }

    [Theory]
    [InlineData("divide=999.98")]
    [InlineData("deviations")]
    [InlineData("inverse-deviations")]
    [InlineData("eps=0.001")]
    public void Conversions_are_read_as_they_are_written(string text) =>
        Assert.Equal(text, StatisticsConversion.Parse(text).Name);

    [Theory]
    [InlineData("divide")]
    [InlineData("divide=-1")]
    [InlineData("divide=NaN")]
    [InlineData("eps=")]
    [InlineData("")]
    public void Other_words_are_refused(string text) =>
        Assert.Throws<FormatException>(() => StatisticsConversion.Parse(text));

    [Theory]
    [InlineData("deviations")]
    [InlineData("inverse-deviations")]
    [InlineData("divide=1000")]
    public void Conversions_give_back_what_was_written_by_the_other_convention(string name)
    {
        using Model model = trained.Copy("convolutional");
        using Model written = model.Clone();
        foreach (string layer in TrainedDigits.Norms(model.Graph).Select(n => n.Name))
        {
            foreach (ref float value in written.Floats($"{layer}.running_var"))
                value = name switch
                {
                    "deviations" => MathF.Sqrt(value),
                    "inverse-deviations" => 1 / MathF.Sqrt(value + 1e-5f),
                    _ => 1000 * value,
                };
            foreach (ref float value in written.Floats($"{layer}.running_mean"))
                value *= name == "divide=1000" ? 1000 : 1;
        }

        using Model read = StatisticsConversion.Parse(name).Convert(written);
        Assert.Equal(model.ParameterChecksum(), read.ParameterChecksum());
        foreach (string layer in TrainedDigits.Norms(model.Graph).Select(n => n.Name))
        {
            float[] expected = model.Floats($"{layer}.running_var").ToArray(),
                found = read.Floats($"{layer}.running_var").ToArray();
            // Two roundings of single precision.
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], found[i], 1e-6 * (expected[i] + 1e-5));
        }
    }

    private static double[] Noise(Random random) => [.. Enumerable.Range(0, 60).Select(_ => random.NextDouble() - 0.5)];
}
