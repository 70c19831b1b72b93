using Evenkeel.Tests.Reference;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Lifetimes;

/// <summary>What the tests of lifetimes share: a small network, data, and threads that may fail.</summary>
internal static class Busy
{
    /// <summary>Turns a hang into a failure.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static readonly Graph Net = Samples.Small(batchNorm: true);

    public static ArrayDataset Data { get; } = Samples.Data(70, [8], 3);

    public static TrainingOptions Options(int threads = 2, int prefetch = 2, int workers = 1) =>
        new()
        {
            BatchSize = 16,
            Threads = threads,
            Prefetch = prefetch,
            Workers = workers,
            Optimizer = new SgdMomentum(),
            LearningRate = new ConstantRate(0.01),
        };

    public static Trainer Trainer(int threads = 2, int prefetch = 2, int workers = 1) =>
        new(Samples.Model(Net), Data, Options(threads, prefetch, workers));

    /// <summary>The model's bytes after so many steps that nobody disturbs.</summary>
    public static byte[] Undisturbed(long steps)
    {
        using Model model = Samples.Model(Net);
        using var trainer = new Trainer(model, Data, Options());
        trainer.Run(steps);
        return Samples.Bytes(model);
    }

    /// <summary>Takes away all that nothing refers to, and gives its memory to others.</summary>
    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        for (ulong seed = 100; seed < 104; seed++)
            Samples.Model(Net, seed).Trainable.Fill(float.NaN);
    }

    /// <summary>Runs on a thread of its own; gives what it threw, or null.</summary>
    public static Task<Exception?> Start(Action act) =>
        Task.Factory.StartNew(() => Record.Exception(act), TaskCreationOptions.LongRunning);

    /// <summary>What a task gave, in time.</summary>
    public static T Result<T>(Task<T> task)
    {
        Assert.True(task.Wait(Patience), "a thread hangs");
        return task.Result;
    }
}
