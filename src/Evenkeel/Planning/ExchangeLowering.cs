using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Planning;

/// <summary>Puts the exchange of gradients between the steps of a backward pass: each bucket behind the last step that touches it.</summary>
internal sealed class ExchangeLowering(PlanBuilder builder)
{
    /// <summary>Emits the exchanges, and the step that waits for them behind the backward pass.</summary>
    /// <param name="gradients">Buffer of all gradients.</param>
    public void Lower(BufferId gradients)
    {
        Dictionary<BufferId, int> last = LastSteps();
        GradientBucket[] buckets = GradientBucket.Cut(
            builder.Layout,
            id => builder.Gradients.Find(id) is { } buffer ? last.GetValueOrDefault(buffer, -1) : -1,
            builder.Options.BucketBytes
        );
        GroupGradient[] grouped = builder.Gradients.Grouped();
        // From the last one on, so that those before stay where they are.
        for (int i = buckets.Length - 1; i >= 0; i--)
        {
            GradientBucket bucket = buckets[i];
            string name = buckets.Length == 1 ? "gradients" : $"gradients {i + 1} of {buckets.Length}";
            var info = new BufferInfo(
                name,
                Region.Gradient,
                ElementType.Float32,
                0,
                (int)(bucket.Bytes / sizeof(float))
            )
            {
                Home = bucket.Start,
            };
            builder.Backward.Insert(
                bucket.LastStep + 1,
                new ExchangeGradients(
                    name,
                    buckets.Length == 1 ? gradients : builder.Add(info),
                    [.. grouped.Where(g => IsIn(bucket, builder.Buffers[g.Buffer.Index].Home))]
                )
            );
        }

        builder.Emit(Section.Backward, new FinishGradients(gradients));
    }

    private static bool IsIn(GradientBucket bucket, long place) =>
        place >= bucket.Start && place < bucket.Start + bucket.Bytes;

    private Dictionary<BufferId, int> LastSteps()
    {
        var last = new Dictionary<BufferId, int>();
        for (int i = 0; i < builder.Backward.Count; i++)
        {
            foreach (BufferId buffer in builder.Backward[i].Reads.Concat(builder.Backward[i].Writes))
                last[buffer] = i;
        }

        return last;
    }
}
