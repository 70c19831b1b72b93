using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution;

/// <summary>
/// A plan that a device has made ready to run, with memory of its own for what the steps make. Nothing is allocated per run. It is for one
/// thread at a time, which its user sees to.
/// </summary>
internal abstract class Program(ExecutionPlan plan, Bindings bindings)
{
    /// <summary>The plan.</summary>
    public ExecutionPlan Plan { get; } = plan;

    /// <summary>What its steps share with the host.</summary>
    public Bindings Bindings { get; } = bindings;

    /// <summary>Measures each step of a run if set.</summary>
    public StepClock? Clock { get; set; }

    /// <summary>Called behind each step if set, so that what was started goes on.</summary>
    public Action? AfterStep { get; set; }

    /// <summary>Fills memory that is no longer needed with NaN, so that a wrong live range shows.</summary>
    public bool FillFreedWithNaN { get; set; }

    /// <summary>Layers whose running statistics were left alone by a commit.</summary>
    public abstract long RefusedCommits { get; }

    /// <summary>Runs steps; what they make is readable when it returns.</summary>
    /// <param name="first">The first step.</param>
    /// <param name="end">The step behind the last one.</param>
    /// <param name="input">What is fed.</param>
    public abstract void Run(int first, int end, in RunInput input);

    /// <summary>
    /// The host's view of a buffer of floats that the last run made. It stays valid, and a later run overwrites it.
    /// </summary>
    /// <param name="buffer">One that the plan keeps.</param>
    public abstract ReadOnlySpan<float> Floats(BufferId buffer);

    /// <summary>The same of a buffer of doubles.</summary>
    /// <param name="buffer">One that the plan keeps.</param>
    public abstract ReadOnlySpan<double> Doubles(BufferId buffer);

    /// <summary>Overwrites a buffer of doubles between two steps.</summary>
    /// <param name="buffer">One that later steps read.</param>
    /// <param name="values">As many as it has.</param>
    public abstract void Set(BufferId buffer, ReadOnlySpan<double> values);

    /// <summary>All values of a buffer of any type that is not the caller's, in a row, for comparisons.</summary>
    /// <param name="buffer">One that the last steps read or wrote.</param>
    public abstract double[] Values(BufferId buffer);

    /// <summary>Runs steps whose memory is in place.</summary>
    private protected void RunSteps(int first, int end)
    {
        Clock?.Begin();
        for (int i = first; i < end; i++)
        {
            RunStep(i);
            AfterStep?.Invoke();
            Clock?.Mark(i);
            if (FillFreedWithNaN)
                FillFreed(i);
        }
    }

    private protected abstract void RunStep(int step);

    /// <summary>Fills a buffer with NaN.</summary>
    private protected abstract void Fill(BufferId buffer);

    private void FillFreed(int step)
    {
        for (int i = 0; i < Plan.Buffers.Length; i++)
        {
            if (Plan.Offsets[i] >= 0 && Plan.Live[i].Last == step)
                Fill(new BufferId(i));
        }
    }
}
