using Evenkeel.Runs.Scoring;
using Evenkeel.Training;

namespace Evenkeel.Cli.Tests.Runs;

public sealed class ScoreTests
{
    // A figure of each kind that no other has.
    private static readonly Evaluation Evaluated = new(0.5, 0.25, 100)
    {
        Errors = new TargetErrors(2, 3, 0.75),
        Labels = new LabelScores(0.125, 0, 0),
    };

    public static TheoryData<Loss, string> Losses =>
        new()
        {
            {
                new SoftmaxCrossEntropy { LabelSmoothing = 0.1 },
                "accuracy 25.00%"
            },
            { new BinaryCrossEntropy(), "label accuracy 12.50%" },
            { new MeanSquaredError(), "root mean squared error 3" },
            { new MeanAbsoluteError(), "mean absolute error 2" },
            { new HuberLoss(0.5), "mean absolute error 2" },
        };

    [Theory]
    [MemberData(nameof(Losses))]
    public void The_figure_fits_the_loss(Loss loss, string said)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Score score = ScoreKind.For(loss.Kind).ScoreOf(Evaluated);
        Assert.Equal(said, score.ToString());
        Assert.Equal(said.EndsWith('%'), score.MoreIsBetter);
    }

    [Fact]
    public void Files_name_it_by_one_word()
    {
        Assert.Equal("bestAccuracy", ScoreKind.Accuracy.KeyOf("best"));
        Assert.Equal("bestTestRootMeanSquaredError", ScoreKind.For("meanSquaredError").KeyOf("bestTest"));
    }

    [Theory]
    [InlineData("softmaxCrossEntropy", 0.75, 0.5)]
    [InlineData("meanSquaredError", 0.5, 0.75)]
    [InlineData("meanSquaredError", 1e9, double.PositiveInfinity)]
    [InlineData("meanSquaredError", double.PositiveInfinity, double.NaN)]
    [InlineData("softmaxCrossEntropy", 0, double.NaN)]
    public void More_is_better_of_shares_less_of_errors_and_NaN_never_is(string loss, double better, double worse)
    {
        ScoreKind kind = ScoreKind.For(loss);
        Score good = new(kind, better),
            bad = new(kind, worse);
        Assert.True(good.IsBetterThan(bad));
        Assert.False(bad.IsBetterThan(good));
        Assert.False(good.IsBetterThan(good));
        Assert.True(bad.IsBetterThan(null));
    }
}
