using Evenkeel.Execution;
using Evenkeel.Kernels.Threading;
using Evenkeel.Planning;
using Evenkeel.Ranks;
using Evenkeel.Rewrites;

namespace Evenkeel;

/// <summary>
/// A device computes: everything that runs a model takes a device and uses <see cref="Default"/> if none is given. One thread at a time may
/// use a device; a call from another thread throws.
/// </summary>
public abstract class Device : IDisposable
{
    private static readonly Lazy<Device> Shared = new(() => Cpu(Math.Min(Environment.ProcessorCount, MaxThreads)));
    private readonly Exclusive _turn = new("device");

    private protected Device() { }

    /// <summary>The largest number of threads of a device.</summary>
    public const int MaxThreads = 1024;

    /// <summary>
    /// All processors of the machine. The process has one such device, created at its first use and never disposed of. On a thread of
    /// <see cref="InProcessRanks"/> each rank has a separate default device with its share of the processors.
    /// </summary>
    public static Device Default => RankThread.Current?.Own(OfRank) ?? Shared.Value;

    /// <summary>A device with threads on the processors of this machine; the calling thread is one of them.</summary>
    /// <param name="threads">1 to <see cref="MaxThreads"/>; the bits of results do not depend on it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is out of range.</exception>
    public static Device Cpu(int threads) => new Execution.Cpu.CpuDevice(threads);

    /// <summary>
    /// A device that computes every step in double precision, directly from its definition, on one thread. It is slow. Other devices are
    /// compared with it; it shows whether a result is an effect of rounding.
    /// </summary>
    public static Device Reference() => new Execution.Reference.ReferenceDevice();

    /// <summary>Description of the device, for messages.</summary>
    public abstract string Name { get; }

    /// <summary>Number of threads, including the calling thread.</summary>
    public abstract int Threads { get; }

    /// <summary>Ends the threads; waits for work on another thread. Disposing of <see cref="Default"/> does nothing.</summary>
    public void Dispose()
    {
        if (RankThread.Current?.Owns(this) == true || (Shared.IsValueCreated && this == Shared.Value))
            return;
        _turn.Close();
        End();
        GC.SuppressFinalize(this);
    }

    /// <summary>Keeps the device for the calling thread until the turn ends, so that several calls are one piece of work.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the device.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed of.</exception>
    internal Exclusive.Turn Hold() => _turn.EnterOrGoOn();

    /// <summary>Its own lowering rules, which run behind the rules of algebra that all devices have in common.</summary>
    internal abstract IReadOnlyList<RewriteRule> DeviceRules { get; }

    /// <summary>Makes a plan ready to run: allocates its values and finds a kernel for each step.</summary>
    /// <param name="plan">The steps.</param>
    /// <param name="bindings">What they share with the host.</param>
    /// <param name="constants">What <see cref="Prepare"/> made of the same plan, or null where weights may change between runs.</param>
    /// <exception cref="NotSupportedException">The device has no kernel for a step.</exception>
    internal abstract Program Compile(ExecutionPlan plan, Bindings bindings, Constants? constants = null);

    /// <summary>
    /// Makes the weights of a model that will not change ready for all programs of a plan; null if there is nothing to prepare.
    /// </summary>
    internal abstract Constants? Prepare(ExecutionPlan plan, Model model);

    /// <summary>Lets go of what the device has; nobody uses it.</summary>
    private protected virtual void End() { }

    private static Device OfRank(int ranks) => Cpu(Math.Clamp(Environment.ProcessorCount / ranks, 1, MaxThreads));
}
