using Evenkeel.Execution;
using Evenkeel.Tests.Lifetimes;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Execution;

public sealed class DeviceTests
{
    [Fact]
    public void The_default_is_one_of_all_processors_and_outlives_its_disposal()
    {
        Device device = Device.Default;
        Assert.Same(device, Device.Default);
        Assert.Equal(Environment.ProcessorCount, device.Threads);
        device.Dispose();
        using Model model = Samples.Model(Busy.Net);
        using var other = Device.Cpu(1);
        using var own = new Evaluator(model, Busy.Data, other);
        using var common = new Evaluator(model, Busy.Data, device);
        Assert.Equal(own.Run(), common.Run());
    }

    [Theory]
    [InlineData(1, "CPU, 1 thread")]
    [InlineData(3, "CPU, 3 threads")]
    public void A_device_says_what_it_is(int threads, string name)
    {
        using var device = Device.Cpu(threads);
        Assert.Equal(threads, device.Threads);
        Assert.Equal(name, device.Name);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Device.MostThreads + 1)]
    public void Threads_out_of_range_are_refused(int threads) =>
        Assert.Equal("threads", Assert.Throws<ArgumentOutOfRangeException>(() => Device.Cpu(threads)).ParamName);
}
