using System.Diagnostics;
using Evenkeel.Kernels.Storage;
using Evenkeel.Ranks;

namespace Evenkeel.RankProgram;

/// <summary>What every engine holds, each check by its name. All ranks run it; whoever finds it broken throws.</summary>
internal static class Contract
{
    private const int Slices = 8;

    public static IReadOnlyDictionary<string, Action<Communicator>> Checks { get; } =
        new Dictionary<string, Action<Communicator>>
        {
            ["all-gather keeps the order of ranks and every bit"] = Gathers,
            ["all-reduce sums, and all ranks hold the same bits"] = Reduces,
            ["two ranks swap values, also one way only"] = Swaps,
            ["what is started is finished in any order, with collectives in between"] = FinishesInAnyOrder,
            ["a swap passes by transfers"] = PassesBy,
            ["a transfer is asked for its end without waiting"] = Asks,
            ["broadcast has any root"] = Broadcasts,
            ["barrier waits for the last"] = Waits,
            ["long values are cut"] = Cuts,
            ["a tree over slices gives the same bits on any number of ranks"] = ranks => SumsInTree(ranks, 1001),
            ["no call allocates"] = AllocatesNothing,
            ["wrong arguments are refused before anything is sent"] = Refuses,
        };

    public static void RunAll(Communicator ranks)
    {
        foreach ((string name, Action<Communicator> check) in Checks)
        {
            check(ranks);
            ranks.Barrier();
            if (ranks.Rank == 0)
                Console.WriteLine($"contract {name}");
        }
    }

    private static void Gathers(Communicator ranks)
    {
        foreach (int count in (int[])[0, 1, 3, 1000])
        {
            double[] mine = [.. Enumerable.Range(0, count).Select(i => ValueOf(ranks.Rank, i))];
            var all = new double[count * ranks.Size];
            ranks.AllGather<double>(mine, all);
            for (int i = 0; i < all.Length; i++)
                Require(BitConverter.DoubleToInt64Bits(all[i]) == Bits(i / count, i % count), $"value {i} of {count}");
        }

        static double ValueOf(int rank, int i) =>
            i == 1 ? -0.0
            : i == 2 ? double.NaN
            : (1e-300 * rank) + i;
        static long Bits(int rank, int i) => BitConverter.DoubleToInt64Bits(ValueOf(rank, i));
    }

    private static void Reduces(Communicator ranks)
    {
        foreach (int count in (int[])[0, 1, 5, 100_003])
        {
            float[] sums = [.. Enumerable.Range(0, count).Select(i => (float)(ranks.Rank + (i % 7)))];
            ranks.AllReduce(sums);
            for (int i = 0; i < count; i++)
                Require(sums[i] == (ranks.Size * (i % 7)) + (ranks.Size * (ranks.Size - 1) / 2), $"sum {i}");
        }

        float[] rounded = TreeSum.Slice(ranks.Rank, 10_000);
        ranks.AllReduce(rounded);
        var all = new float[rounded.Length * ranks.Size];
        ranks.AllGather<float>(rounded, all);
        for (int r = 0; r < ranks.Size; r++)
            Require(TreeSum.SameBits(rounded, all.AsSpan(r * rounded.Length, rounded.Length)), $"bits of rank {r}");
    }

    private static void Swaps(Communicator ranks)
    {
        foreach (int count in (int[])[1, 300_000])
        {
            for (int mask = 1; mask < ranks.Size; mask *= 2)
            {
                int peer = ranks.Rank ^ mask;
                if (peer >= ranks.Size)
                    continue;
                float[] mine = TreeSum.Slice(ranks.Rank, count);
                var theirs = new float[count];
                ranks.SendReceive<float>(mine, theirs, peer);
                Require(TreeSum.SameBits(theirs, TreeSum.Slice(peer, count)), $"swap with {peer}");
                ranks.SendReceive<float>(ranks.Rank < peer ? mine : [], ranks.Rank > peer ? mine : [], peer);
                Require(TreeSum.SameBits(mine, TreeSum.Slice(Math.Min(ranks.Rank, peer), count)), $"from {peer}");
            }
        }
    }

    private static void FinishesInAnyOrder(Communicator ranks)
    {
        const int Count = 50_000;
        (MemoryBlock block, Transfer[] transfers) = Prepare(ranks, Count, 4);
        (int next, int before) = ((ranks.Rank + 1) % ranks.Size, (ranks.Rank + ranks.Size - 1) % ranks.Size);
        Span<float> first = Part(block, 0, Count);
        Span<float> second = Part(block, 1, Count);
        first.Fill(ranks.Rank);
        second.Fill(1);
        transfers[0].StartAllReduce(first);
        if (ranks.Size > 1)
        {
            Part(block, 2, Count).Fill(ranks.Rank);
            transfers[2].StartSendReceive<float>(Part(block, 2, Count), [], next);
            transfers[3].StartSendReceive<float>([], Part(block, 3, Count), before);
        }

        transfers[1].StartAllReduce(second);
        var all = new double[ranks.Size];
        ranks.AllGather<double>([ranks.Rank], all);
        transfers[3].Finish();
        transfers[1].Finish();
        transfers[2].Finish();
        transfers[0].Finish();
        transfers[0].Finish();
        Require(all.Select((v, i) => v == i).All(same => same), "gathered in between");
        Require(!first.ContainsAnyExcept(ranks.Size * (ranks.Size - 1) / 2f), "first sum");
        Require(!second.ContainsAnyExcept(ranks.Size), "second sum");
        Require(ranks.Size == 1 || !Part(block, 3, Count).ContainsAnyExcept(before), "from the rank before");
    }

    // The lower rank starts its transfer before the swap, the upper one behind it.
    private static void PassesBy(Communicator ranks)
    {
        int peer = ranks.Rank ^ 1;
        if (peer >= ranks.Size)
            return;
        (MemoryBlock block, Transfer[] transfers) = Prepare(ranks, 10, 2);
        Part(block, 0, 10).Fill(ranks.Rank);
        if (ranks.Rank < peer)
            Start();
        var swapped = new float[10];
        ranks.SendReceive<float>(Enumerable.Repeat(-1f, 10).ToArray(), swapped, peer);
        if (ranks.Rank > peer)
            Start();
        transfers[0].Finish();
        Require(!swapped.AsSpan().ContainsAnyExcept(-1f), "what was swapped");
        Require(!Part(block, 1, 10).ContainsAnyExcept(peer), "what was started");

        void Start() => transfers[0].StartSendReceive<float>(Part(block, 0, 10), Part(block, 1, 10), peer);
    }

    private static void Asks(Communicator ranks)
    {
        (MemoryBlock block, Transfer[] transfers) = Prepare(ranks, 1000, 1);
        Require(transfers[0].TryFinish() && !transfers[0].Started, "nothing is started");
        ranks.Barrier();
        if (ranks.Rank == 0 && ranks.Size > 1)
            Thread.Sleep(50);
        transfers[0].StartAllReduce(Part(block, 0, 1000));
        var watch = Stopwatch.StartNew();
        while (!transfers[0].TryFinish() && watch.Elapsed.TotalSeconds < 20)
            Thread.Yield();
        Require(!transfers[0].Started, "the end");
    }

    private static void Broadcasts(Communicator ranks)
    {
        for (int root = 0; root < ranks.Size; root++)
        {
            byte[] values = new byte[257];
            Array.Fill(values, (byte)(ranks.Rank + 1));
            ranks.Broadcast<byte>(values, root);
            Require(!values.AsSpan().ContainsAnyExcept((byte)(root + 1)), $"root {root}");
        }
    }

    // By the clock that processes of a machine have in common: nobody leaves before the last one came, however late a rank is run again.
    private static void Waits(Communicator ranks)
    {
        ranks.Barrier();
        if (ranks.Rank == ranks.Size - 1)
            Thread.Sleep(60);
        long came = Stopwatch.GetTimestamp();
        ranks.Barrier();
        long left = Stopwatch.GetTimestamp();
        var all = new long[ranks.Size];
        ranks.AllGather<long>([came], all);
        Require(left >= all[^1], $"{Stopwatch.GetElapsedTime(left, all[^1])} before the last");
    }

    private static void Cuts(Communicator ranks)
    {
        int whole = ranks.PieceBytes;
        ranks.PieceBytes = 64;
        Broadcasts(ranks);
        var sums = new float[50];
        sums.AsSpan().Fill(ranks.Rank);
        ranks.AllReduce(sums);
        Require(!sums.AsSpan().ContainsAnyExcept(ranks.Size * (ranks.Size - 1) / 2f), "sums");
        SumsInTree(ranks, 50);
        ranks.PieceBytes = whole;
    }

    private static void SumsInTree(Communicator ranks, int count)
    {
        float[] sum = new TreeSum(ranks, Slices).Run(count);
        Require(TreeSum.SameBits(sum, TreeSum.Alone(Slices, count)), "bits");
    }

    private static void AllocatesNothing(Communicator ranks)
    {
        const int Rounds = 200;
        const int Count = 100;
        (MemoryBlock block, Transfer[] transfers) = Prepare(ranks, Count, 2);
        var mine = new double[3];
        var all = new double[3 * ranks.Size];
        int peer = ranks.Rank ^ 1;
        for (int i = 0; i < Rounds; i++)
            Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
            Round();
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        // What is left of a thread's buffer counts as allocated when a collection takes it away.
        Require(bytes < Rounds, $"{bytes} bytes in {Rounds} rounds");

        void Round()
        {
            ranks.AllGather<double>(mine, all);
            ranks.Barrier();
            ranks.Broadcast(mine.AsSpan());
            ranks.AllReduce(Part(block, 0, Count));
            transfers[0].StartAllReduce(Part(block, 0, Count));
            if (peer < ranks.Size)
            {
                ranks.SendReceive(Part(block, 0, 1), Part(block, 1, 1), peer);
                transfers[1]
                    .StartSendReceive<float>(Part(block, 1, Count / 2), Part(block, 1, Count)[(Count / 2)..], peer);
                transfers[1].Finish();
            }

            _ = transfers[0].TryFinish();
            transfers[0].Finish();
        }
    }

    private static void Refuses(Communicator ranks)
    {
        (_, Transfer[] transfers) = Prepare(ranks, 10, 1);
        var elsewhere = new float[4];
        RequireRefused(() => transfers[0].StartAllReduce(elsewhere), "memory of the heap");
        RequireRefused(() => ranks.SendReceive<float>(elsewhere, elsewhere, ranks.Rank), "itself");
        RequireRefused(() => ranks.SendReceive<float>(elsewhere, elsewhere, ranks.Size), "a rank too many");
        RequireRefused(() => ranks.Broadcast<float>(elsewhere, -1), "a root below 0");
        RequireRefused(() => ranks.AllGather<float>(elsewhere, new float[1]), "too little room");
    }

    private static (MemoryBlock Block, Transfer[] Transfers) Prepare(Communicator ranks, int count, int parts)
    {
        var block = new MemoryBlock((long)parts * count * sizeof(float));
        return (block, [.. Enumerable.Range(0, parts).Select(_ => ranks.CreateTransfer(block))]);
    }

    private static Span<float> Part(MemoryBlock block, int part, int count) =>
        block.Span<float>((long)part * count * sizeof(float), count);

    private static void RequireRefused(Action action, string what)
    {
        try
        {
            action();
        }
        catch (ArgumentException)
        {
            return;
        }

        Require(false, $"{what} was taken");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"wrong: {what}");
    }
}
