using System.Runtime.CompilerServices;
using Evenkeel.Inference;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Lifetimes;

/// <summary>Counts the process's own threads by name, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(ForgottenThreadTests), DisableParallelization = true)]
[Collection(nameof(ForgottenThreadTests))]
public sealed class ForgottenThreadTests
{
    private const string Tasks = "/proc/self/task";

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
        Assert.SkipUnless(Directory.Exists(Tasks), "threads are counted where /proc lists them");
        Settle(0);
        int before = Count();
        Repeat(act);
        Assert.InRange(Count(), before + each, int.MaxValue);
        Settle(before);
        Assert.InRange(Count(), 0, before);
    }

    // No local of the caller's may hold what was made.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Repeat(Action act)
    {
        for (int i = 0; i < 50; i++)
            act();
    }

    private static void Settle(int expected)
    {
        for (int i = 0; i < 100 && Count() > expected; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(expected == 0 ? 1 : 20);
        }
    }

    private static int Count() => Directory.GetDirectories(Tasks).Count(t => Name(t).StartsWith("evenkeel"));

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return "";
        }
    }
}
