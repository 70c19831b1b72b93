using Evenkeel.Kernels.Pooling;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>Pooling in plain loops over windows and taps.</summary>
public static class PoolingReference
{
    /// <summary>The place of the winner of each window: the first NaN, or else the first of the largest.</summary>
    public static byte[] Winners(in PoolingShape s, int batch, double[] x)
    {
        byte[] winners = new byte[batch * s.OutputPositions * s.Channels];
        double[] best = new double[winners.Length];
        Array.Fill(best, double.NegativeInfinity);
        bool[] any = new bool[winners.Length];
        foreach (Tap tap in Taps(s, batch))
        {
            double v = x[tap.Input];
            bool first = !any[tap.Output];
            if (first || (!double.IsNaN(best[tap.Output]) && (v > best[tap.Output] || double.IsNaN(v))))
            {
                best[tap.Output] = v;
                winners[tap.Output] = (byte)tap.Place;
                any[tap.Output] = true;
            }
        }

        return winners;
    }

    /// <summary>The values of the winners.</summary>
    public static double[] MaxForward(in PoolingShape s, int batch, double[] x, byte[] winners)
    {
        double[] y = new double[winners.Length];
        foreach (Tap tap in Taps(s, batch))
        {
            if (winners[tap.Output] == tap.Place)
                y[tap.Output] = x[tap.Input];
        }

        return y;
    }

    /// <summary>Every window's gradient goes to its winner.</summary>
    public static double[] MaxBackward(in PoolingShape s, int batch, double[] dy, byte[] winners)
    {
        double[] dx = new double[batch * s.InputSize];
        foreach (Tap tap in Taps(s, batch))
        {
            if (winners[tap.Output] == tap.Place)
                dx[tap.Input] += dy[tap.Output];
        }

        return dx;
    }

    /// <summary>Sums over windows, divided.</summary>
    public static double[] AverageForward(in PoolingShape s, AverageDivisor divisor, int batch, double[] x)
    {
        double[] y = new double[batch * s.OutputPositions * s.Channels];
        foreach (Tap tap in Taps(s, batch))
            y[tap.Output] += x[tap.Input] / Divisor(s, divisor, tap);
        return y;
    }

    /// <summary>Every window's gradient, divided, goes to all of its pixels.</summary>
    public static double[] AverageBackward(in PoolingShape s, AverageDivisor divisor, int batch, double[] dy)
    {
        double[] dx = new double[batch * s.InputSize];
        foreach (Tap tap in Taps(s, batch))
            dx[tap.Input] += dy[tap.Output] / Divisor(s, divisor, tap);
        return dx;
    }

    // What PyTorch's avg_pool2d counts, with count_include_pad or without.
    private static double Divisor(in PoolingShape s, AverageDivisor divisor, in Tap tap)
    {
        int top = (tap.Oy * s.StrideY) - s.PadTop;
        int left = (tap.Ox * s.StrideX) - s.PadLeft;
        if (divisor == AverageDivisor.Window)
            return s.WindowHeight * s.WindowWidth;
        return (double)(Math.Min(top + s.WindowHeight, s.Height) - Math.Max(top, 0))
            * (Math.Min(left + s.WindowWidth, s.Width) - Math.Max(left, 0));
    }

    private static List<Tap> Taps(in PoolingShape s, int batch)
    {
        var taps = new List<Tap>();
        for (int output = 0; output < batch * s.OutputPositions; output++)
        {
            int oy = output / s.OutputWidth % s.OutputHeight;
            int ox = output % s.OutputWidth;
            int image = output / (int)s.OutputPositions;
            for (int place = 0; place < s.WindowHeight * s.WindowWidth; place++)
            {
                int iy = (oy * s.StrideY) - s.PadTop + (place / s.WindowWidth);
                int ix = (ox * s.StrideX) - s.PadLeft + (place % s.WindowWidth);
                if (iy < 0 || iy >= s.Height || ix < 0 || ix >= s.Width)
                    continue;
                int input = ((((image * s.Height) + iy) * s.Width) + ix) * s.Channels;
                for (int c = 0; c < s.Channels; c++)
                    taps.Add(new Tap((output * s.Channels) + c, input + c, place, oy, ox));
            }
        }

        return taps;
    }

    private readonly record struct Tap(int Output, int Input, int Place, int Oy, int Ox);
}

/// <summary>Pooling on this machine, on the windows that networks use.</summary>
internal static class PoolingChecks
{
    private const int Batch = 2;

    // Sums of 9 values below 1, each rounded by at most 6e-8 of a sum below 9, and two factors.
    private const double AverageTolerance = 1e-6;

    // A pixel is in at most nine windows here: as many roundings of sums below 9.
    private const double GradientTolerance = 5e-6;

    private static readonly PoolingShape[] Shapes =
    [
        Square(size: 15, channels: 40, stride: 2, pad: 0, output: 7),
        Square(size: 14, channels: 33, stride: 2, pad: 1, output: 8),
        Square(size: 14, channels: 35, stride: 1, pad: 1, output: 14),
    ];

    /// <summary>All of them.</summary>
    public static IEnumerable<KernelCheck> All => [.. Shapes.SelectMany(Of), GlobalCheck];

    private static KernelCheck GlobalCheck =>
        new("GlobalAveragePooling", $"{Batch}x49x37", pool => new KernelCheckResult(Global(pool), AverageTolerance));

    private static PoolingShape Square(int size, int channels, int stride, int pad, int output) =>
        new()
        {
            Height = size,
            Width = size,
            Channels = channels,
            WindowHeight = 3,
            WindowWidth = 3,
            StrideY = stride,
            StrideX = stride,
            PadTop = pad,
            PadLeft = pad,
            OutputHeight = output,
            OutputWidth = output,
        };

    private static IEnumerable<KernelCheck> Of(PoolingShape s)
    {
        string shape = $"{Batch}x{s.Height}x{s.Width}x{s.Channels} 3x3/{s.StrideX}";
        yield return new("MaxPooling", shape, pool => new(Max(pool, s), GradientTolerance));
        foreach (AverageDivisor divisor in Enum.GetValues<AverageDivisor>())
        {
            string name = $"AveragePooling.Forward {divisor}";
            yield return new(name, shape, pool => new(AverageForward(pool, s, divisor), AverageTolerance));
            name = $"AveragePooling.Backward {divisor}";
            yield return new(name, shape, pool => new(AverageBackward(pool, s, divisor), GradientTolerance));
        }
    }

    // Places and values must agree exactly; the error is that of the gradient.
    private static double Max(WorkerPool pool, PoolingShape s)
    {
        float[] x = CheckValues.Coarse(Batch * s.InputSize, 1);
        double[] wide = BatchNormCase.Doubles(x);
        byte[] expected = PoolingReference.Winners(s, Batch, wide);
        byte[] winner = new byte[expected.Length];
        float[] y = new float[expected.Length];
        float[] dy = CheckValues.Uniform(y.Length, 2);
        float[] dx = new float[x.Length];
        MaxPooling.Forward(pool, s, Batch, x, y, s.Channels, winner);
        MaxPooling.Backward(pool, s, Batch, dy, s.Channels, winner, dx);
        if (!expected.AsSpan().SequenceEqual(winner))
            return double.PositiveInfinity;
        if (BatchNormCase.Error(y, PoolingReference.MaxForward(s, Batch, wide, expected)) > 0)
            return double.PositiveInfinity;
        return BatchNormCase.Error(dx, PoolingReference.MaxBackward(s, Batch, BatchNormCase.Doubles(dy), expected));
    }

    private static double AverageForward(WorkerPool pool, PoolingShape s, AverageDivisor divisor)
    {
        float[] x = CheckValues.Uniform(Batch * s.InputSize, 1);
        float[] y = new float[Batch * s.OutputPositions * s.Channels];
        AveragePooling.Forward(pool, s, divisor, Batch, x, y, s.Channels);
        return BatchNormCase.Error(y, PoolingReference.AverageForward(s, divisor, Batch, BatchNormCase.Doubles(x)));
    }

    private static double AverageBackward(WorkerPool pool, PoolingShape s, AverageDivisor divisor)
    {
        float[] dy = CheckValues.Uniform(Batch * s.OutputPositions * s.Channels, 1);
        float[] dx = new float[Batch * s.InputSize];
        AveragePooling.Backward(pool, s, divisor, Batch, dy, s.Channels, dx);
        return BatchNormCase.Error(dx, PoolingReference.AverageBackward(s, divisor, Batch, BatchNormCase.Doubles(dy)));
    }

    // One average over everything is a window of everything.
    private static double Global(WorkerPool pool)
    {
        PoolingShape all = Square(size: 7, channels: 37, stride: 1, pad: 0, output: 1) with
        {
            WindowHeight = 7,
            WindowWidth = 7,
        };
        float[] x = CheckValues.Uniform(Batch * all.InputSize, 1);
        float[] y = new float[Batch * 37];
        float[] dx = new float[x.Length];
        GlobalAveragePooling.Forward(pool, Batch, 49, 37, x, y);
        GlobalAveragePooling.Backward(pool, Batch, 49, 37, y, dx);
        double forward = BatchNormCase.Error(
            y,
            PoolingReference.AverageForward(all, AverageDivisor.Window, Batch, BatchNormCase.Doubles(x))
        );
        double backward = BatchNormCase.Error(
            dx,
            PoolingReference.AverageBackward(all, AverageDivisor.Window, Batch, BatchNormCase.Doubles(y))
        );
        return Math.Max(forward, backward);
    }
}
