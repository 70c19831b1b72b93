using Evenkeel.Kernels.Pooling;

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
