namespace Evenkeel.Onnx.Tests.TestData;

/// <summary>ONNX's own cases: whatever is imported must compute what is expected.</summary>
public sealed class BackendTests
{
    // Expected values are float32 results of other programs: sums of up to a few hundred products in another order.
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData("node", 290)]
    [InlineData("pytorch-converted", 77)]
    [InlineData("pytorch-operator", 24)]
    [InlineData("simple", 1)]
    public void Whatever_is_imported_matches(string group, int least)
    {
        Outcome[] outcomes =
        [
            .. BackendFolders
                .Of(group)
                .Where(f => !IsRandom(f) && !IsContrary(f))
                .Select(f => BackendCase.Run(f, ToleranceOf(f))),
        ];
        foreach (IGrouping<Verdict, Outcome> g in outcomes.GroupBy(o => o.Verdict))
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{group}: {g.Count()} {g.Key}, largest difference {g.Max(o => o.Difference):g2}"
            );
        Assert.Empty(
            outcomes.Where(o => o.Verdict == Verdict.Differs).Select(o => $"{o.Name} {o.Difference} {o.Reason}")
        );
        int matching = outcomes.Count(o => o.Verdict == Verdict.Matches);
        Assert.True(matching >= least, $"{matching} of {outcomes.Length} match");
    }

    [Theory]
    [InlineData("node", "test_batchnorm", 4)]
    [InlineData("pytorch-converted", "test_BatchNorm", 5)]
    [InlineData("node", "test_lstm_batchwise", 1)]
    [InlineData("node", "test_lstm_defaults", 1)]
    [InlineData("node", "test_lstm_with_initial_bias", 1)]
    [InlineData("node", "test_gru", 4)]
    [InlineData("node", "test_rnn", 1)]
    [InlineData("node", "test_simple_rnn", 3)]
    public void Every_case_of_batch_normalisation_and_recurrent_layers_matches(string group, string prefix, int count)
    {
        Outcome[] outcomes =
        [
            .. BackendFolders
                .Of(group)
                .Where(f => Path.GetFileName(f).StartsWith(prefix, StringComparison.Ordinal))
                .Select(f => BackendCase.Run(f, Tolerance)),
        ];
        Assert.Equal(count, outcomes.Length);
        Assert.All(outcomes, o => Assert.Equal((o.Name, Verdict.Matches), (o.Name, o.Verdict)));
    }

    // Expected values that were drawn at random.
    private static bool IsRandom(string folder) =>
        Path.GetFileName(folder) is { } name
        && name.StartsWith("test_training_dropout", StringComparison.Ordinal)
        && !name.Contains("zero_ratio", StringComparison.Ordinal);

    // Expected values that ONNX's script computed with a length of 2.4 pixels where its text, and ONNX Runtime, have the 2 that are made.
    private static bool IsContrary(string folder) =>
        Path.GetFileName(folder) == "test_resize_downsample_scales_linear_align_corners";

    // Values rounded to half precision keep 11 bits, to bfloat16 8; a model keeps all of them.
    private static double ToleranceOf(string folder) =>
        folder.Contains("BFLOAT16", StringComparison.Ordinal) ? Math.Pow(2, -8)
        : folder.Contains("FLOAT16", StringComparison.Ordinal) ? Math.Pow(2, -11)
        : Tolerance;
}
