using Evenkeel.Reporting.TensorBoard;
using Evenkeel.Reporting.TensorBoard.Messages;

namespace Evenkeel.Reporting.Tests.TensorBoard;

public sealed class HistogramBucketsTests
{
    [Fact]
    public void Every_value_lies_in_its_bucket()
    {
        float[] values =
        [
            -3f,
            -1e-5f,
            0f,
            0f,
            1e-13f,
            0.5f,
            0.5f,
            7f,
            1e30f,
            -1e30f,
            float.NaN,
            float.PositiveInfinity,
        ];
        HistogramProto message = Fill(values);
        float[] finite = [.. values.Where(float.IsFinite)];
        Assert.Equal(finite.Length, message.Num);
        Assert.Equal(finite.Min(), message.Min);
        Assert.Equal(finite.Max(), message.Max);
        Assert.Equal(finite.Sum(v => (double)v), message.Sum);
        Assert.Equal(finite.Sum(v => (double)v * v), message.SumSquares);
        Assert.Equal(message.BucketLimit.Count, message.Bucket.Count);
        double below = double.NegativeInfinity;
        for (int i = 0; i < message.Bucket.Count; i++)
        {
            double limit = message.BucketLimit[i];
            Assert.Equal(finite.Count(v => v >= below && v < limit), message.Bucket[i]);
            below = limit;
        }
        Assert.Equal(double.MaxValue, below);
    }

    [Fact]
    public void Limits_grow_by_a_tenth_and_empty_runs_are_one_bucket()
    {
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => 1f + (i / 1000f))];
        HistogramProto message = Fill(values);
        Assert.Equal(0, message.Bucket[0]);
        Assert.Equal(0, message.Bucket[^1]);
        for (int i = 1; i < message.Bucket.Count - 1; i++)
        {
            Assert.True(message.Bucket[i] > 0);
            Assert.Equal(1.1, message.BucketLimit[i] / message.BucketLimit[i - 1], 1e-9);
        }
        // ln 2 / ln 1.1 = 7.3: one doubling takes eight or nine buckets.
        Assert.InRange(message.Bucket.Count - 2, 8, 9);
    }

    private static HistogramProto Fill(float[] values)
    {
        var buckets = new HistogramBuckets();
        buckets.Fill([1f, 2f, 3f]);
        buckets.Fill(values);
        var message = new HistogramProto();
        buckets.CopyTo(message);
        return message;
    }
}
