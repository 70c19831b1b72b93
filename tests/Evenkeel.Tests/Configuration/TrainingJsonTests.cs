using System.Text;
using System.Text.Json;
using Evenkeel.Configuration;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Configuration;

public sealed class TrainingJsonTests
{
    public static TheoryData<OptimizerConfig> Optimizers =>
        [
            new Sgd(),
            new Sgd { WeightDecay = 0.01f, OffsetDecay = 0.002f },
            new SgdMomentum(0.8f),
            new SgdNesterov(0.7f) { WeightDecay = 0.5f },
            new Adagrad(1e-7f),
            new Adam(0.8f, 0.99f, 1e-6f) { OffsetDecay = 0.1f },
        ];

    public static TheoryData<Loss> Losses =>
        [
            new SoftmaxCrossEntropy(),
            new SoftmaxCrossEntropy { LabelSmoothing = 0.1, ClassWeights = [1, 2.5, 0.25] },
            new BinaryCrossEntropy(),
            new MeanSquaredError(),
            new MeanAbsoluteError(),
            new HuberLoss(0.3),
        ];

    public static TheoryData<LearningRate> Schedules =>
        [
            new ConstantRate(0.3),
            new ExponentialDecay(0.1, 0.96, 1000, 6),
            new StepDecay(0.5, 0.2, [10, 20, 50]),
            new CosineDecay(0.4, 300, 0.01),
            new LinearDecay(0.3, 200, 0.02),
            new WarmUp(7, new CosineDecay(0.2, 100)),
        ];

    [Theory]
    [MemberData(nameof(Optimizers), DisableDiscoveryEnumeration = true)]
    public void Optimisers_come_back(OptimizerConfig config)
    {
        JsonFields fields = Fields(Write(w => OptimizerJson.Write(w, config)));
        Assert.Equal(config, OptimizerJson.Read(fields));
        fields.RequireNoOthers();
    }

    [Theory]
    [MemberData(nameof(Losses), DisableDiscoveryEnumeration = true)]
    public void Losses_come_back(Loss loss)
    {
        string json = "{\"loss\": " + Write(w => LossJson.Write(w, loss), wrap: false) + "}";
        Assert.Equal(loss, LossJson.Read(Fields(json), "loss"));
    }

    [Theory]
    [InlineData("""{"type": "hinge"}""", "'hinge' is not one of softmaxCrossEntropy")]
    [InlineData("""{"type": "softmaxCrossEntropy", "labelSmoothing": 1}""", "at least 0 and below 1, not 1")]
    [InlineData("""{"type": "softmaxCrossEntropy", "classWeights": [1, 0]}""", "finite and above 0, not 0")]
    [InlineData("""{"type": "huber", "delta": -1}""", "finite and above 0, not -1")]
    [InlineData("""{"type": "meanSquaredError", "delta": 1}""", "delta")]
    public void A_loss_that_is_none_is_refused(string json, string message)
    {
        var error = Assert.Throws<ConfigurationException>(() => LossJson.Read(Fields($"{{\"loss\": {json}}}"), "loss"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sgd_with_a_momentum_means_the_rule_with_momentum()
    {
        Assert.Equal(new SgdMomentum(0.9f), OptimizerJson.Read(Fields("""{"type": "sgd", "momentum": 0.9}""")));
        Assert.Equal(
            new SgdNesterov(0.9f),
            OptimizerJson.Read(Fields("""{"type": "sgd", "momentum": 0.9, "nesterov": true}"""))
        );
    }

    [Theory]
    [MemberData(nameof(Schedules), DisableDiscoveryEnumeration = true)]
    public void Schedules_come_back(LearningRate schedule)
    {
        string json = "{\"rate\": " + Write(w => LearningRateJson.Write(w, schedule), wrap: false) + "}";
        LearningRate read = LearningRateJson.Read(Fields(json), "rate");
        Assert.Equal(schedule.GetType(), read.GetType());
        for (long step = 0; step < 400; step++)
            Assert.Equal(schedule.At(step), read.At(step));
    }

    [Fact]
    public void Scalings_come_back()
    {
        foreach (RateScaling scaling in (RateScaling[])[new LinearScaling(256), new SquareRootScaling(60)])
        {
            string json = "{\"scale\": " + Write(w => RateScalingJson.Write(w, scaling), wrap: false) + "}";
            Assert.Equal(scaling, RateScalingJson.Read(Fields(json), "scale"));
        }
    }

    [Fact]
    public void A_number_is_a_constant_rate() =>
        Assert.Equal(new ConstantRate(0.25), LearningRateJson.Read(Fields("""{"rate": 0.25}"""), "rate"));

    [Theory]
    [InlineData("""{"type": "sdg"}""", "o.type", "'sdg'", "sgd, momentum")]
    [InlineData("""{"type": "adam", "beta1": 1}""", "[0, 1)")]
    [InlineData("""{"type": "adam", "eps": 0}""", "epsilon")]
    [InlineData("""{"type": "adagrad", "eps": -1}""", "epsilon")]
    [InlineData("""{"type": "momentum", "momentum": "0.9"}""", "o.momentum", "a number", "the text")]
    [InlineData("""{"type": "sgd", "weightDecay": -1}""", "weight decay")]
    [InlineData("""{"type": "sgd", "offsetDecay": 1e300}""", "o.offsetDecay", "3.4E+38")]
    public void A_wrong_optimiser_is_named(string json, params string[] words) =>
        Names(() => OptimizerJson.Read(Fields(json)), words);

    [Theory]
    [InlineData("""{"rate": 0}""", "the learning rate must be")]
    [InlineData("""{"rate": "fast"}""", "o.rate", "the text \"fast\"")]
    [InlineData("""{}""", "o.rate", "missing")]
    [InlineData("""{"rate": {"type": "quadratic"}}""", "o.rate.type", "cosine")]
    [InlineData("""{"rate": {"type": "constant", "rate": 1, "decay": 2}}""", "o.rate.decay", "unknown", "type")]
    [InlineData("""{"rate": {"type": "exponential", "rate": 1, "factor": 1.5, "everySteps": 5}}""", "at most 1")]
    [InlineData(
        """{"rate": {"type": "exponential", "rate": 1, "factor": 0.5, "everySteps": 0}}""",
        "everySteps",
        "outside 1"
    )]
    [InlineData("""{"rate": {"type": "step", "rate": 1, "milestones": [5, 5]}}""", "ascend")]
    [InlineData(
        """{"rate": {"type": "step", "rate": 1, "milestones": [5, "6"]}}""",
        "o.rate.milestones",
        "a whole number or a list"
    )]
    [InlineData(
        """{"rate": {"type": "warmup", "steps": 5, "then": {"type": "constant"}}}""",
        "o.rate.then.rate",
        "missing"
    )]
    public void A_wrong_schedule_is_named(string json, params string[] words) =>
        Names(() => LearningRateJson.Read(Fields(json), "rate"), words);

    private static void Names(Action act, string[] words)
    {
        var e = Assert.Throws<ConfigurationException>(act);
        Assert.All(words, word => Assert.Contains(word, e.Message));
    }

    private static JsonFields Fields(string json) => new(JsonDocument.Parse(json).RootElement, "o");

    private static string Write(Action<Utf8JsonWriter> write, bool wrap = true)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            if (wrap)
                writer.WriteStartObject();
            write(writer);
            if (wrap)
                writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
