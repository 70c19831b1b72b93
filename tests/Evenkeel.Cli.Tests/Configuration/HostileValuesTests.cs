using System.Text.Json.Nodes;
using Evenkeel.Cli.Commands;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Configuration;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Planning;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;
using Evenkeel.Training;

namespace Evenkeel.Cli.Tests.Configuration;

/// <summary>
/// Values at the edges of numbers and texts in every field of docs/configuration-values.json: each is refused with a line that tells where it
/// stands, or trains a step.
/// </summary>
public sealed class HostileValuesTests
{
    private const int Batch = 4;
    private const long SmallBytes = 1 << 25;

    private static readonly string[] Values =
    [
        "1e308",
        "-1e308",
        "3e38",
        "4e38",
        "-4e38",
        "1e-40",
        "1e-320",
        "0",
        "-0.0",
        "-1",
        "2147483647",
        "2147483648",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "1e400",
        "\"NaN\"",
        "\"Infinity\"",
        "\"\"",
        "\"\\ud800\"",
        "\"x\\udc00y\"",
        "\"\\u0000\\u001b[2J\\u0007\\n\"",
        "[]",
        "{}",
        "[1e308, 1e308]",
        "[2147483647, 2147483647, 2147483647]",
        "{\"\\ud800\": 1}",
    ];

    public static TheoryData<string> Sections => [.. FieldSection.All.Keys];

    [Theory]
    [MemberData(nameof(Sections))]
    public void Every_value_is_told_or_trains_a_step(string name)
    {
        FieldSection section = FieldSection.All[name];
        foreach ((string field, JsonObject _) in section.Fields)
        {
            foreach (string value in Values)
                Try(section, field, value);
        }
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused_wherever_it_stands()
    {
        foreach (
            string json in (string[])
                [
                    """{"network": {"layers": [{"type": "relu", "name": "\ud800"}]}}""",
                    """{"network": {"name": "mnist"}, "\udfff": 1}""",
                    "{\"network\": {\"layers\":\n [{\"type\": \"relu\", \"inputs\": [\"\\ud83d\"]}]}}",
                    "{\"network\": \"\ud800\"}",
                ]
        )
        {
            var e = Assert.Throws<ConfigurationException>(() => ConfigText.Parse(json, "test", ""));
            Assert.Contains("half of a surrogate pair", e.Message, StringComparison.Ordinal);
            Assert.Throws<ConfigurationException>(() => GraphJson.Parse(json, "test"));
        }

        var placed = Assert.Throws<ConfigurationException>(() =>
            ConfigText.Parse("{\n  \"a\": \"\\ud800\"}", "test", "")
        );
        Assert.StartsWith("test, line 2, position 8: ", placed.Message, StringComparison.Ordinal);
        // A whole pair is a character.
        ConfigText.Parse("""{"a": "\ud83d\ude00"}""", "test", "");
    }

    private static void Try(FieldSection section, string field, string value)
    {
        string what = $"{section.PathOf(field)} = {value}";
        RunConfig config;
        try
        {
            ConfigText text = section.Base();
            Overrides.Set(text, $"{section.PathOf(field)}={value}");
            config = RunConfigReader.Read(text);
        }
        catch (ConfigurationException e)
        {
            Assert.InRange(e.Message.Length, 10, 2000);
            Assert.True(
                e.Message.StartsWith("test", StringComparison.Ordinal)
                    || e.Message.StartsWith("--set", StringComparison.Ordinal),
                $"{what}: {e.Message}"
            );
            return;
        }
        catch (Exception e) when (e is not ConfigurationException)
        {
            Assert.Fail($"{what}: {e}");
            return;
        }

        try
        {
            Step(config);
        }
        catch (Exception e) when (e is GraphException or NonFiniteLossException or SingleValuePerChannelException)
        {
            Assert.InRange(e.Message.Length, 10, 2000);
        }
        catch (ConfigurationException e) when (config.Training.Loss is CustomLoss)
        {
            // Its code is in no file.
            Assert.StartsWith("loss: '", e.Message, StringComparison.Ordinal);
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }
    }

    // Networks that are large are planned alone.
    private static void Step(RunConfig config)
    {
        Graph graph = config.Network;
        var options = new PlanOptions(PlanMode.Training, Batch) { Loss = new SoftmaxCrossEntropy() };
        var plan = ExecutionPlan.Build(graph, options);
        var layout = new TensorLayout(graph);
        if (plan.ActivationBytes + layout.ParameterBytes + layout.StateBytes > SmallBytes)
            return;
        using var model = Model.Create(graph, config.Training.Seed);
        using var trainer = new BatchTrainer(model, Batch, config.Training with { BatchSize = Batch, Threads = 1 });
        float[] inputs = [.. Enumerable.Range(0, Batch * graph.Input.Shape.Count).Select(i => (i % 7) - 3f)];
        if (config.Training.Loss is ValueLoss)
            trainer.Step(inputs, new float[Batch * graph.Output.Shape.Count]);
        else
            trainer.Step(inputs, new int[Batch * graph.Output.Shape.Positions]);
    }
}
