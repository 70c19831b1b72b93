using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Training;

public sealed class LearningRateTests
{
    [Fact]
    public void Exponential_decay_falls_by_the_factor_every_so_many_steps()
    {
        var decay = new ExponentialDecay(0.5, 0.9, 100);
        Assert.Equal(0.5, decay.At(0));
        Assert.Equal(0.45, decay.At(100), 1e-12);
        Assert.Equal(0.5 * Math.Sqrt(0.9), decay.At(50), 1e-12);
        Assert.Equal(decay.At(600), (decay with { TimesFaster = 6 }).At(100), 1e-12);
    }

    [Fact]
    public void Step_decay_falls_at_its_milestones()
    {
        var decay = new StepDecay(1, 0.1, [10, 20]);
        Assert.Equal([1, 1, 0.1, 0.1, 0.01], ((long[])[0, 9, 10, 19, 20]).Select(s => Math.Round(decay.At(s), 12)));
    }

    [Fact]
    public void Cosine_decay_ends_at_the_final_rate_and_stays()
    {
        var decay = new CosineDecay(1, 100, 0.2);
        Assert.Equal(1, decay.At(0), 1e-12);
        Assert.Equal(0.6, decay.At(50), 1e-12);
        Assert.Equal(0.2, decay.At(100), 1e-12);
        Assert.Equal(0.2, decay.At(1_000_000), 1e-12);
    }

    [Fact]
    public void Linear_decay_goes_straight_to_the_final_rate_and_stays()
    {
        var decay = new LinearDecay(1, 100, 0.2);
        // Rounding of one product and one sum.
        Assert.Equal(1, decay.At(0), 1e-12);
        Assert.Equal(0.8, decay.At(25), 1e-12);
        Assert.Equal(0.2, decay.At(100), 1e-12);
        Assert.Equal(0.2, decay.At(1_000_000), 1e-12);
    }

    [Fact]
    public void Warm_up_rises_in_equal_steps_to_the_first_rate_of_what_follows()
    {
        var warmUp = new WarmUp(4, new StepDecay(1, 0.5, [2]));
        Assert.Equal([0.25, 0.5, 0.75, 1, 1, 1, 0.5], Enumerable.Range(0, 7).Select(s => warmUp.At(s)));
    }

    [Fact]
    public void A_scaled_rate_follows_the_batch_size_and_not_the_slices()
    {
        var options = new TrainingOptions
        {
            BatchSize = 512,
            LearningRate = new WarmUp(2, new StepDecay(0.1, 0.5, [3])),
        };
        TrainingOptions linear = options with { Scaling = new LinearScaling(128) },
            root = options with { Scaling = new SquareRootScaling(128) };
        for (long step = 0; step < 8; step++)
        {
            double rate = options.LearningRate.At(step);
            Assert.Equal([rate, 4 * rate, 2 * rate], [options.RateAt(step), linear.RateAt(step), root.RateAt(step)]);
            Assert.Equal(linear.RateAt(step), (linear with { Slices = 8 }).RateAt(step));
        }
    }

    [Fact]
    public void Scaling_to_the_batch_size_that_the_rate_was_chosen_for_changes_no_bit()
    {
        var options = new TrainingOptions { BatchSize = 96, LearningRate = new ExponentialDecay(0.1, 0.9, 7) };
        foreach (RateScaling scaling in (RateScaling[])[new LinearScaling(96), new SquareRootScaling(96)])
            Assert.Equal(options.RateAt(5), (options with { Scaling = scaling }).RateAt(5));
    }

    [Fact]
    public void A_scaling_that_is_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentException>(new LinearScaling(0).Validate);
        var options = new TrainingOptions { LearningRate = new ConstantRate(1e38), Scaling = new LinearScaling(1) };
        Assert.Contains("scaled to batches of 60", Assert.Throws<ArgumentException>(options.Validate).Message);
    }

    [Fact]
    public void Constants_out_of_range_are_refused()
    {
        LearningRate[] wrong =
        [
            new ConstantRate(0),
            new ConstantRate(double.NaN),
            new ExponentialDecay(1, 1.1, 10),
            new ExponentialDecay(1, 0.5, 0),
            new StepDecay(1, 0.5, [3, 2]),
            new CosineDecay(1, 0),
            new CosineDecay(1, 10, -1),
            new LinearDecay(1, 0),
            new LinearDecay(1, 10, -1),
            new LinearDecay(1, 10, double.PositiveInfinity),
            new WarmUp(0, new ConstantRate(1)),
            new WarmUp(5, new ConstantRate(-1)),
        ];
        Assert.All(wrong, w => Assert.Throws<ArgumentException>(w.Validate));
    }
}
