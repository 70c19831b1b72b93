using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Evenkeel.Testing.Torture;

/// <summary>
/// Random public calls on models, trainers, evaluators, predictors and the rest, from several threads on the same objects, which are disposed
/// of at random moments, or never, while memory is collected. A call must give the numbers that it gives undisturbed, or be refused as
/// documented.
/// </summary>
public sealed class TortureRun
{
    private const int Slots = 12;
    private const int MostFaults = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TortureWorld _world;
    private readonly TortureSubject?[] _slots = new TortureSubject?[Slots];
    private readonly Dictionary<string, TortureCount> _counts = [];
    private readonly List<string> _faults = [];
    private volatile bool _stop;

    private TortureRun(TortureWorld world) => _world = world;

    /// <summary>Calls for a time.</summary>
    /// <param name="seed">Which calls; how they meet is up to the machine.</param>
    /// <param name="threads">Threads that call.</param>
    /// <param name="time">How long.</param>
    /// <param name="progress">Told the time passed about every ten seconds.</param>
    public static TortureResult Run(int seed, int threads, TimeSpan time, Action<TimeSpan>? progress = null)
    {
        using var world = new TortureWorld();
        // What is made once, such as compiled code and the pool of threads of the runtime, is no leak.
        Call(world, seed, threads, TimeSpan.FromSeconds(Math.Min(5, time.TotalSeconds / 2)), null);
        (int threadsBefore, long bytesBefore) = (OwnThreads.Settle(), Bytes());
        TortureRun run = Call(world, seed + 1, threads, time, progress);
        var after = (OwnThreads.Settle(threadsBefore), Bytes());
        return new TortureResult(run._counts, run._faults, (threadsBefore, after.Item1), (bytesBefore, after.Item2));
    }

    private static long Bytes()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    // No local of the caller's may hold what is to be collected.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TortureRun Call(TortureWorld world, int seed, int threads, TimeSpan time, Action<TimeSpan>? progress)
    {
        var run = new TortureRun(world);
        Caller[] callers = [.. Enumerable.Range(0, threads).Select(i => new Caller(run, (seed * 1000) + i))];
        Thread[] running = [.. callers.Select(c => new Thread(c.Loop) { IsBackground = true, Name = "torture" })];
        foreach (Thread thread in running)
            thread.Start();
        long began = Stopwatch.GetTimestamp();
        for (int tick = 1; Stopwatch.GetElapsedTime(began) < time; tick++)
        {
            Thread.Sleep(time < TimeSpan.FromSeconds(10) ? time / 20 : TimeSpan.FromSeconds(1));
            if (tick % 10 == 0)
                progress?.Invoke(Stopwatch.GetElapsedTime(began));
        }

        run._stop = true;
        long stopped = Stopwatch.GetTimestamp();
        for (int i = 0; i < threads; i++)
        {
            TimeSpan left = Patience - Stopwatch.GetElapsedTime(stopped);
            if (!running[i].Join(left > TimeSpan.Zero ? left : TimeSpan.Zero))
                run.Fault($"{callers[i].Present} does not return");
        }

        foreach (Caller caller in callers)
            caller.AddTo(run._counts);
        Array.Clear(run._slots);
        return run;
    }

    private TortureSubject New(Random random) =>
        random.Next(8) switch
        {
            0 => new ModelSubject(_world),
            1 or 2 => new TrainerSubject(_world, random),
            3 => new BatchTrainerSubject(_world, random),
            4 => new PredictorSubject(_world, random),
            5 => new SharedPoolSubject(_world, random),
            6 => random.Next(2) == 0 ? new LoaderSubject(_world, random) : new ReaderSubject(_world),
            _ => new PoolSubject(random),
        };

    private void Fault(string text)
    {
        lock (_faults)
        {
            if (_faults.Count < MostFaults)
                _faults.Add(text);
        }
    }

    /// <summary>One of the threads.</summary>
    private sealed class Caller(TortureRun run, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Dictionary<string, TortureCount> _counts = [];

        /// <summary>The call at work.</summary>
        public string Present { get; private set; } = "the first call";

        public void Loop()
        {
            while (!run._stop)
                Act(_random.Next(Slots));
        }

        public void AddTo(Dictionary<string, TortureCount> all)
        {
            foreach ((string name, TortureCount count) in _counts)
                all[name] = all.GetValueOrDefault(name).Plus(count);
        }

        private void Act(int slot)
        {
            TortureSubject? subject = Volatile.Read(ref run._slots[slot]);
            int choice = _random.Next(100);
            if (subject is null || choice < 5)
                Replace(slot);
            else if (choice < 8)
                Call($"{subject.Name}.Dispose", subject.Dispose);
            else if (choice < 10)
                Call(
                    "GC.Collect",
                    () => GC.Collect(_random.Next(3), GCCollectionMode.Forced, true, _random.Next(2) == 0)
                );
            else
            {
                (string name, Action<Random> act) = subject.Calls[_random.Next(subject.Calls.Count)];
                Call(name, () => act(_random));
            }
        }

        // Some of what was there is disposed of, while others may be calling it; the rest is left to the collector.
        private void Replace(int slot)
        {
            TortureSubject? made = null;
            Call("new objects", () => made = run.New(_random));
            TortureSubject? old = Interlocked.Exchange(ref run._slots[slot], made);
            if (old is not null && _random.Next(5) < 3)
                Call($"{old.Name}.Dispose", old.Dispose);
        }

        private void Call(string name, Action act)
        {
            Present = name;
            TortureCount count = _counts.GetValueOrDefault(name);
            try
            {
                act();
                count = count with { Done = count.Done + 1 };
            }
            catch (Exception e) when (IsRefusal(e))
            {
                count = count with { Refused = count.Refused + 1 };
            }
            catch (Exception e)
            {
                run.Fault($"{name}: {e.GetType().Name}: {e.Message} {e.StackTrace}");
            }

            _counts[name] = count;
        }

        private static bool IsRefusal(Exception e) =>
            e is ObjectDisposedException
            || (e.GetType() == typeof(InvalidOperationException) && e.Message.StartsWith("Another thread is using"));
    }
}
