using System.Reflection;
using System.Runtime.CompilerServices;
using Evenkeel.Data.Loading;

namespace Evenkeel.Data.Tests.Loading;

/// <summary>A loader that is used by two threads, disposed of while it waits, or forgotten.</summary>
public sealed class LoaderLifetimeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<int, int> Ways =>
        new()
        {
            { 0, 1 },
            { 0, 3 },
            { 2, 1 },
            { 2, 3 },
        };

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_second_thread_is_refused_and_takes_no_batch(int prefetch, int workers)
    {
        using BatchLoader loader = Open(new ProbeDataset(1_000), prefetch, workers);
        int given = 0,
            refused = 0;
        void Take()
        {
            while (Volatile.Read(ref refused) == 0)
            {
                try
                {
                    loader.Next();
                    Interlocked.Increment(ref given);
                }
                catch (InvalidOperationException e) when (e.Message.Contains("this batch loader"))
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }

        Finish(OnAnother(Take), OnAnother(Take));
        LoaderPosition position = loader.Position;
        Assert.Equal(given, (position.Epoch * loader.Layout.BatchesPerEpoch) + position.Batch);
    }

    [Fact]
    public void Whoever_waits_for_a_batch_is_refused_when_the_loader_is_disposed_of()
    {
        using ManualResetEventSlim reading = new(),
            goOn = new();
        var data = new ProbeDataset(
            100,
            _ =>
            {
                reading.Set();
                Assert.True(goOn.Wait(Patience));
            }
        );
        BatchLoader loader = Open(data, 2, 1);
        Task waiting = OnAnother(() => Assert.Throws<ObjectDisposedException>(() => loader.Next()));
        Assert.True(reading.Wait(Patience));
        Task disposing = OnAnother(loader.Dispose);
        Finish(waiting);
        // The batch that is being read is finished first.
        Assert.False(EndsSoon(disposing));
        goOn.Set();
        Finish(disposing);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void It_is_disposed_of_at_any_moment(int prefetch, int workers)
    {
        for (int round = 0; round < 50; round++)
        {
            BatchLoader loader = Open(new ProbeDataset(100), prefetch, workers);
            Task taking = OnAnother(() => TakeUntilRefused(loader));
            Thread.SpinWait(round * 200);
            loader.Dispose();
            Finish(taking);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_data_set_may_dispose_of_the_loader_that_reads_it(int prefetch, int workers)
    {
        for (int round = 0; round < 20; round++)
        {
            BatchLoader? loader = null;
            var data = new ProbeDataset(
                100,
                read =>
                {
                    if (read > 5)
                        Volatile.Read(ref loader)?.Dispose();
                }
            );
            Volatile.Write(ref loader, Open(data, prefetch, workers));
            Finish(OnAnother(() => TakeUntilRefused(loader!)));
        }
    }

    [Fact]
    public void A_batch_outlives_its_loader()
    {
        BatchLoader loader = Open(new ProbeDataset(100), 2, 1);
        ReadOnlyMemory<float> inputs = loader.Next().Inputs;
        float[] expected = inputs.ToArray();
        loader.Dispose();
        GC.Collect();
        Assert.Equal(expected, inputs.ToArray());
    }

    [Fact]
    public void Threads_of_a_forgotten_loader_end()
    {
        Thread[] threads = [.. Enumerable.Range(0, 10).SelectMany(_ => Forgotten())];
        Assert.Equal(30, threads.Length);
        for (int i = 0; i < 10; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.All(threads, t => Assert.True(t.Join(Patience)));
    }

    [Fact]
    public void Refused_options_leave_nothing_to_finalise()
    {
        Assert.Throws<ArgumentException>(() => Open(new ProbeDataset(100), -1, 1));
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static BatchLoader Open(IDataset data, int prefetch, int workers) =>
        new(
            data,
            new BatchLoaderOptions
            {
                BatchSize = 10,
                Prefetch = prefetch,
                Workers = workers,
            }
        );

    private static void TakeUntilRefused(BatchLoader loader)
    {
        try
        {
            while (true)
                loader.Next();
        }
        catch (ObjectDisposedException) { }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Thread[] Forgotten()
    {
        BatchLoader loader = Open(new ProbeDataset(100), 2, 3);
        loader.Next();
        return
        [
            (Thread)Field(Field(loader, "_ring"), "_thread"),
            .. (Thread[])Field(Field(loader, "_reader"), "_helpers"),
        ];

        static object Field(object owner, string name) =>
            owner.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner)!;
    }

    private static Task OnAnother(Action act) => Task.Factory.StartNew(act, TaskCreationOptions.LongRunning);

    private static bool EndsSoon(Task task) => task.Wait(20);

    private static void Finish(params Task[] tasks) => Assert.True(Task.WaitAll(tasks, Patience), "a thread hangs");
}
