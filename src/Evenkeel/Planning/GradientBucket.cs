using Evenkeel.Graphs;

namespace Evenkeel.Planning;

/// <summary>Gradients that lie in a row and are exchanged as one.</summary>
/// <param name="Start">First byte among the trainable parameters.</param>
/// <param name="Bytes">Size.</param>
/// <param name="LastStep">The last step of the backward pass that touches any of them; -1 if none does.</param>
internal readonly record struct GradientBucket(long Start, long Bytes, int LastStep)
{
    // A message counts its bytes in int.
    private const long Longest = 1 << 30;

    // The first bucket is a quarter of the others: the sooner it is on its way, the longer the link is busy.
    private const int FirstPart = 4;

    /// <summary>
    /// Cuts the gradients from the end of the weights on, as the backward pass finishes them; offsets, which lie behind all weights, are cut
    /// by themselves. What fits one bucket is one.
    /// </summary>
    /// <param name="layout">Where tensors lie.</param>
    /// <param name="lastStep">The last step that touches the gradient of a tensor.</param>
    /// <param name="most">Bytes from which on a bucket is closed.</param>
    /// <returns>In the order in which they are finished.</returns>
    public static GradientBucket[] Cut(TensorLayout layout, Func<ParameterId, int> lastStep, long most)
    {
        bool one = layout.TrainableBytes <= most;
        (long Start, long End)[] runs = one
            ? [(0, layout.TrainableBytes)]
            :
            [
                .. layout.Groups.Select(g =>
                    (g.Start * (long)sizeof(float), (g.Start + (long)g.Count) * sizeof(float))
                ),
            ];
        int[] tensors =
        [
            .. Enumerable
                .Range(0, layout.Tensors.Count)
                .Where(i => layout.Tensors[i].Tensor.Spec.Trainable)
                .OrderByDescending(i => layout.Tensors[i].ByteOffset),
        ];
        var buckets = new List<GradientBucket>();
        foreach ((long first, long runEnd) in runs)
        {
            (long end, int last) = (runEnd, -1);
            foreach (int i in tensors)
            {
                long start = layout.Tensors[i].ByteOffset;
                if (start < first || start >= runEnd)
                    continue;
                last = Math.Max(last, lastStep(new ParameterId(i)));
                long limit = buckets.Count > 0 || one ? most : most / FirstPart;
                if (start > first && end - start < limit)
                    continue;
                buckets.Add(new GradientBucket(start, end - start, last));
                (end, last) = (start, -1);
            }
        }

        return [.. buckets.OrderBy(b => b.LastStep).SelectMany(b => b.Pieces())];
    }

    private IEnumerable<GradientBucket> Pieces()
    {
        for (long at = 0; at < Bytes; at += Longest)
            yield return new GradientBucket(Start + at, Math.Min(Longest, Bytes - at), LastStep);
    }
}
