using System.Runtime.CompilerServices;
using Evenkeel.Testing.Torture;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Lifetimes;

/// <summary>Counts the process's own threads by name, so nothing else may run beside it.</summary>
public sealed class ForgottenThreadTests
{
    [Fact]
    public void Threads_of_predictors_that_nobody_disposed_of_end() =>
        Leaves(
            () =>
            {
                var predictor = new Predictor(Samples.Model(Busy.Net), maxBatch: 4, threads: 3);
                predictor.Predict(new float[24]);
            },
            each: 2
        );

    [Fact]
    public void Threads_of_trainers_that_nobody_disposed_of_end() =>
        Leaves(() => Busy.Trainer(threads: 3, prefetch: 2, workers: 3).Step(), each: 5);

    private static void Leaves(Action act, int each)
    {
        Assert.SkipUnless(OwnThreads.CanCount, "threads are counted where /proc lists them");
        int before = OwnThreads.Settle();
        Repeat(act);
        Assert.InRange(OwnThreads.Count(), before + each, int.MaxValue);
        Assert.InRange(OwnThreads.Settle(before), 0, before);
    }

    // No local of the caller's may hold what was made.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Repeat(Action act)
    {
        for (int i = 0; i < 50; i++)
            act();
    }
}
