using Evenkeel.Diagnostics.Steps;
using Evenkeel.Lowering;

namespace Evenkeel.Tests.Diagnostics;

/// <summary>Every kind of step is met by a network that is always the same, and passes.</summary>
public sealed class SelfCheckTests
{
    [Fact]
    public void Every_kind_of_step_is_met_and_passes_on_this_machine()
    {
        using Device device = Device.Cpu(2);
        var met = new HashSet<string>();
        foreach (StepCheck check in SelfCheck.Run(device))
        {
            Assert.True(check.Passed, check.ToString());
            met.Add(check.Step);
        }

        IEnumerable<string> steps = typeof(Step)
            .Assembly.GetTypes()
            // What slices exchange is no device's.
            .Where(t => t.IsSubclassOf(typeof(Step)) && !t.IsAbstract && !t.IsAssignableTo(typeof(ExchangeStep)))
            .Select(t => t.Name);
        Assert.Equal("", string.Join(' ', steps.Except(met)));
    }

    [Fact]
    public void The_reference_device_agrees_with_itself()
    {
        using Device device = Device.Reference();
        StepCheck[] checks = [.. CheckedNetworks.All.Take(2).SelectMany(network => SelfCheck.Run(device, network))];
        Assert.NotEmpty(checks);
        Assert.All(checks, check => Assert.Equal((0, true), (check.Error, check.Passed)));
    }
}
