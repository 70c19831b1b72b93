using Evenkeel.Execution;
using Evenkeel.Kernels.Threading;
using Evenkeel.Planning;
using Evenkeel.Ranks;
using Evenkeel.Rewrites;

namespace Evenkeel;

/// <summary>
/// What computes: everything that runs a model takes one and uses <see cref="Default"/> where none is given. One thread is served at a
/// time, another is refused.
/// </summary>
public abstract class Device : IDisposable
{
    private static readonly Lazy<Device> Shared = new(() => Cpu(Math.Min(Environment.ProcessorCount, MaxThreads)));
    private readonly Exclusive _turn = new("device");

    private protected Device() { }

    /// <summary>Most threads of a device.</summary>
    public const int MaxThreads = 1024;

    /// <summary>
    /// All processors of the machine. The process has one such device, made when it is first asked for and never disposed of. On a thread that
    /// is one of several <see cref="InProcessRanks"/> it is a device of that rank's own, with its share of the processors.
    /// </summary>
    public static Device Default => RankThread.Current?.Own(OfRank) ?? Shared.Value;

    /// <summary>Threads of this machine's processors; the caller's is one of them.</summary>
    /// <param name="threads">1 to <see cref="MaxThreads"/>; the bits of results do not depend on it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is out of range.</exception>
    public static Device Cpu(int threads) => new Execution.Cpu.CpuDevice(threads);

    /// <summary>
    /// Every step as its definition says, in double precision, with plain loops on one thread: what other devices are compared with. It is
    /// slow, and tells whether rounding is to blame for a result.
    /// </summary>
    public static Device Reference() => new Execution.Reference.ReferenceDevice();

    /// <summary>What it is, for people.</summary>
    public abstract string Name { get; }

    /// <summary>Threads that share the work, the caller's included.</summary>
    public abstract int Threads { get; }

    /// <summary>
    /// Ends the threads; work at hand on another thread is waited for. Disposing of <see cref="Default"/> does nothing.
    /// </summary>
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
    internal abstract IReadOnlyList<RewriteRule> Tactics { get; }

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
