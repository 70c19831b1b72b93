using Evenkeel.Data.Loading;
using Evenkeel.Data.Sampling;
using Evenkeel.Ranks;

namespace Evenkeel.Tests.Ranks;

/// <summary>A rank reads its slices of each batch and nothing else; order, position and bits are those of whole batches.</summary>
public sealed class RankReadingTests
{
    private const int Batch = 9;

    [Theory]
    [InlineData(1, 40, LastBatch.Keep)]
    [InlineData(2, 40, LastBatch.Keep)]
    [InlineData(4, 40, LastBatch.Keep)]
    [InlineData(4, 38, LastBatch.Keep)]
    [InlineData(4, 40, LastBatch.Merge)]
    [InlineData(4, 40, LastBatch.Drop)]
    public void Each_rank_reads_its_own_examples(int ranks, int examples, LastBatch last)
    {
        var layout = new BatchLayout(examples, Batch, last);
        int steps = (2 * layout.BatchesPerEpoch) + 1;
        (int, int)[][] read = new (int, int)[ranks][];
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                var data = new RecordingDataset(examples, 7, 4);
                using Model model = Model.Create(SlicedNetworks.All["dense"](), 1);
                using var trainer = new Trainer(model, data, Options(4) with { LastBatch = last }, ranks: rank);
                trainer.JoinRanks();
                data.TakeRead();
                trainer.Run(steps);
                read[rank.Rank] = data.TakeRead();
            }
        );
        Assert.All(read.Index(), r => Assert.Equal(Share(layout, examples, steps, r.Index, ranks), r.Item));
        Assert.Equal(Share(layout, examples, steps, 0, 1), read.SelectMany(r => r).OrderBy(PlaceIn(examples)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Reading_shares_ahead_makes_the_bits_of_whole_batches(int ranks) =>
        Assert.Equal(Train(1, 13, 0, 1), Train(ranks, 13, 3, 2));

    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 2)]
    [InlineData(4, 1)]
    public void Another_number_of_ranks_goes_on_at_the_same_place(int before, int after)
    {
        string file = Path.Combine(Path.GetTempPath(), $"evenkeel-{Guid.NewGuid():N}.safetensors");
        try
        {
            Train(before, 6, 2, 1, trainer => Checkpoint.Save(trainer, file));
            Assert.Equal(Train(1, 13, 0, 1), Train(after, 13, 2, 1, start: t => Checkpoint.Load(t, file)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_value_that_is_no_number_is_named_by_its_place_in_the_whole_batch(int place)
    {
        int broken = Order(40, 0)[Batch + place];
        InProcessRanks.Run(
            4,
            rank =>
            {
                var data = new RecordingDataset(40, 7, 4) { Broken = broken };
                using Model model = Model.Create(SlicedNetworks.All["dense"](), 1);
                using var trainer = new Trainer(model, data, Options(4), ranks: rank);
                trainer.JoinRanks();
                trainer.Run(1);
                string message = Assert.Throws<NonFiniteLossException>(() => trainer.Step()).Message;
                Assert.Contains($"value 6 of example {place} of the batch is NaN", message);
                Assert.Equal((1L, new LoaderPosition(0, 1)), (trainer.StepsDone, trainer.Position));
            }
        );
    }

    // The examples of a rank's share of each batch, in the order of training.
    private static IEnumerable<(int Epoch, int Index)> Share(
        BatchLayout layout,
        int examples,
        int steps,
        int rank,
        int ranks
    )
    {
        for (int step = 0; step < steps; step++)
        {
            (int epoch, int batch) = Math.DivRem(step, layout.BatchesPerEpoch);
            (int first, int count) = layout.Batch(batch);
            int start = count * rank / ranks,
                end = count * (rank + 1) / ranks;
            foreach (int index in Order(examples, epoch).AsSpan(first + start, end - start).ToArray())
                yield return (epoch, index);
        }
    }

    private static Func<(int Epoch, int Index), int> PlaceIn(int examples)
    {
        int[][] orders = [.. Enumerable.Range(0, 3).Select(epoch => Order(examples, epoch))];
        return read => (read.Epoch * examples) + Array.IndexOf(orders[read.Epoch], read.Index);
    }

    private static int[] Order(int examples, int epoch)
    {
        int[] order = new int[examples];
        new ExampleOrder(examples, ShuffleMode.Full, new TrainingOptions().Seed).Fill(epoch, order);
        return order;
    }

    private static float[] Train(
        int ranks,
        int steps,
        int prefetch,
        int workers,
        Action<Trainer>? end = null,
        Action<Trainer>? start = null
    )
    {
        float[][] results = new float[ranks][];
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                using Model model = Model.Create(SlicedNetworks.All["dense"](), 1);
                TrainingOptions options = Options(4) with { Prefetch = prefetch, Workers = workers };
                using var trainer = new Trainer(model, new RecordingDataset(38, 7, 4), options, ranks: rank);
                if (rank.Rank == 0)
                    start?.Invoke(trainer);
                trainer.JoinRanks();
                trainer.Run(steps);
                if (rank.Rank == 0)
                    end?.Invoke(trainer);
                results[rank.Rank] = model.Trainable.ToArray();
            }
        );
        Assert.All(results, r => Assert.Equal(results[0], r));
        return results[0];
    }

    // The last batch of 38 examples by nine has two, so that shares of four ranks are empty.
    private static TrainingOptions Options(int slices) =>
        new()
        {
            BatchSize = Batch,
            LastBatch = LastBatch.Keep,
            Slices = slices,
            Threads = 1,
            Prefetch = 0,
            Optimizer = new SgdMomentum(0.9f),
        };
}
