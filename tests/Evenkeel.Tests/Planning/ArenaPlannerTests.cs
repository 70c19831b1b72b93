using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Planning;

namespace Evenkeel.Tests.Planning;

public sealed class ArenaPlannerTests
{
    [Fact]
    public void Buffers_that_are_live_together_share_no_byte()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            (long[] bytes, LiveRange[] ranges) = Random(seed);
            ArenaLayout layout = ArenaPlanner.Plan(bytes, ranges);
            for (int i = 0; i < bytes.Length; i++)
            {
                if (!ranges[i].Exists)
                {
                    Assert.Equal(-1, layout.Offsets[i]);
                    continue;
                }

                Assert.Equal(0, layout.Offsets[i] % MemoryBlock.Alignment);
                Assert.InRange(layout.Offsets[i], 0, layout.Bytes - bytes[i]);
                for (int j = 0; j < i; j++)
                {
                    bool together =
                        ranges[j].Exists && ranges[i].First <= ranges[j].Last && ranges[j].First <= ranges[i].Last;
                    bool apart =
                        layout.Offsets[i] + bytes[i] <= layout.Offsets[j]
                        || layout.Offsets[j] + bytes[j] <= layout.Offsets[i];
                    Assert.True(!together || apart, $"seed {seed}: {i} and {j} overlap");
                }
            }
        }
    }

    [Fact]
    public void The_arena_is_never_above_the_sum_nor_below_what_is_live_at_once()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            (long[] bytes, LiveRange[] ranges) = Random(seed);
            long sum = 0,
                most = 0;
            for (int step = 0; step <= 20; step++)
            {
                long live = 0;
                for (int i = 0; i < bytes.Length; i++)
                    live += ranges[i].First <= step && step <= ranges[i].Last ? MemoryBlock.Align(bytes[i]) : 0;
                most = Math.Max(most, live);
            }

            for (int i = 0; i < bytes.Length; i++)
                sum += ranges[i].Exists ? MemoryBlock.Align(bytes[i]) : 0;
            Assert.InRange(ArenaPlanner.Plan(bytes, ranges).Bytes, most, sum);
        }
    }

    [Fact]
    public void Each_buffer_lies_at_the_lowest_place_that_is_free_after_all_larger_ones_and_equal_ones_before()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            (long[] bytes, LiveRange[] ranges) = Random(seed);
            Assert.Equal(LowestPlaces(bytes, ranges), ArenaPlanner.Plan(bytes, ranges).Offsets);
        }
    }

    [Fact]
    public void A_chain_of_equal_buffers_needs_two()
    {
        LiveRange[] ranges = [.. Enumerable.Range(0, 10).Select(i => new LiveRange(i, i + 1))];
        Assert.Equal(2 * 128, ArenaPlanner.Plan([.. ranges.Select(_ => 100L)], ranges).Bytes);
    }

    [Fact]
    public void Small_cases_reach_the_optimum()
    {
        // Two short-lived halves fit under one another beside the one that lives throughout.
        Assert.Equal(192, ArenaPlanner.Plan([128, 64, 128], [new(0, 1), new(0, 3), new(2, 3)]).Bytes);
        // Nothing together: the largest alone.
        Assert.Equal(256, ArenaPlanner.Plan([64, 256, 128], [new(0, 0), new(1, 1), new(2, 2)]).Bytes);
        // Everything together: the sum.
        Assert.Equal(448, ArenaPlanner.Plan([64, 256, 128], [new(0, 2), new(1, 2), new(2, 3)]).Bytes);
    }

    [Fact]
    public void Sizes_are_rounded_up_to_the_alignment() =>
        Assert.Equal(
            (0L, 64L, 64L, 128L),
            (MemoryBlock.Align(0), MemoryBlock.Align(1), MemoryBlock.Align(64), MemoryBlock.Align(65))
        );

    [Fact]
    public void Nothing_live_needs_nothing() => Assert.Equal(0, ArenaPlanner.Plan([100], [LiveRange.None]).Bytes);

    private static long[] LowestPlaces(long[] bytes, LiveRange[] ranges)
    {
        long[] offsets = [.. bytes.Select(_ => -1L)];
        foreach (
            int i in Enumerable
                .Range(0, bytes.Length)
                .Where(i => ranges[i].Exists)
                .OrderBy(i => ranges[i].First)
                .OrderByDescending(i => bytes[i])
        )
        {
            long offset = 0;
            foreach (
                int j in Enumerable
                    .Range(0, bytes.Length)
                    .Where(j => offsets[j] >= 0 && ranges[j].Overlaps(ranges[i]))
                    .OrderBy(j => offsets[j])
                    .TakeWhile(j => offset + MemoryBlock.Align(bytes[i]) > offsets[j])
            )
                offset = Math.Max(offset, offsets[j] + MemoryBlock.Align(bytes[j]));
            offsets[i] = offset;
        }

        return offsets;
    }

    private static (long[] Bytes, LiveRange[] Ranges) Random(ulong seed)
    {
        var random = new RandomStream(seed);
        int count = (int)(random.Next() % 25) + 1;
        long[] bytes = new long[count];
        var ranges = new LiveRange[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (long)(random.Next() % 1000) + 1;
            int first = (int)(random.Next() % 20);
            bool live = random.Next() % 8 != 0;
            ranges[i] = live
                ? new LiveRange(first, first + (int)(random.Next() % (ulong)(20 - first)))
                : LiveRange.None;
        }

        return (bytes, ranges);
    }
}
