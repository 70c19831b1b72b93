using System.Numerics;
using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Norm;

/// <summary>Rows of doubles: what decompositions of matrices are made of.</summary>
internal static unsafe class DoubleRows
{
    /// <summary>The sum of a[i] b[i].</summary>
    [MethodImpl(HotMethods.Loop)]
    public static double Dot(double* a, double* b, int length)
    {
        Vector<double> sums = Vector<double>.Zero;
        int i = 0;
        for (; i + Vector<double>.Count <= length; i += Vector<double>.Count)
            sums = Vector.FusedMultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), sums);
        double sum = Vector.Sum(sums);
        for (; i < length; i++)
            sum = Math.FusedMultiplyAdd(a[i], b[i], sum);
        return sum;
    }

    /// <summary>y[i] += factor x[i].</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void AddScaled(double factor, double* x, double* y, int length)
    {
        var factors = new Vector<double>(factor);
        int i = 0;
        for (; i + Vector<double>.Count <= length; i += Vector<double>.Count)
            Vector.FusedMultiplyAdd(factors, Vector.Load(x + i), Vector.Load(y + i)).Store(y + i);
        for (; i < length; i++)
            y[i] = Math.FusedMultiplyAdd(factor, x[i], y[i]);
    }

    /// <summary>(a, b) becomes (cosine a + sine b, cosine b - sine a).</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void Rotate(double cosine, double sine, double* a, double* b, int length)
    {
        Vector<double> c = new(cosine),
            s = new(sine);
        int i = 0;
        for (; i + Vector<double>.Count <= length; i += Vector<double>.Count)
        {
            Vector<double> x = Vector.Load(a + i),
                y = Vector.Load(b + i);
            ((c * x) + (s * y)).Store(a + i);
            ((c * y) - (s * x)).Store(b + i);
        }

        for (; i < length; i++)
            (a[i], b[i]) = ((cosine * a[i]) + (sine * b[i]), (cosine * b[i]) - (sine * a[i]));
    }
}
