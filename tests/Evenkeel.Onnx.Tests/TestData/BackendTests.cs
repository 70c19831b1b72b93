namespace Evenkeel.Onnx.Tests.TestData;

/// <summary>ONNX's own cases: whatever is imported must compute what is expected.</summary>
public sealed class BackendTests
{
    // Expected values are float32 results of other programs: sums of up to a few hundred products in another order.
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData("node", 100)]
    [InlineData("pytorch-converted", 40)]
    [InlineData("pytorch-operator", 8)]
    [InlineData("simple", 1)]
    public void Whatever_is_imported_matches(string group, int least)
    {
        Outcome[] outcomes = [.. BackendFolders.Of(group).Select(f => BackendCase.Run(f, Tolerance))];
        foreach (Outcome o in outcomes.OrderBy(o => o.Verdict).ThenBy(o => o.Name))
            TestContext.Current.TestOutputHelper?.WriteLine($"{o.Verdict} {o.Name} {o.Difference:g2} {o.Reason}");
        Assert.Empty(
            outcomes.Where(o => o.Verdict == Verdict.Differs).Select(o => $"{o.Name} {o.Difference} {o.Reason}")
        );
        int matching = outcomes.Count(o => o.Verdict == Verdict.Matches);
        Assert.True(matching >= least, $"{matching} of {outcomes.Length} match");
    }
}
