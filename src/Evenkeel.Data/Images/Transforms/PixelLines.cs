using System.Numerics;
using System.Runtime.InteropServices;

namespace Evenkeel.Data.Images.Transforms;

/// <summary>Sums over lines of bytes, many pixels at a time; each place is a sum of its own, so widths do not matter.</summary>
internal static class PixelLines
{
    /// <summary>line = weight * bytes.</summary>
    public static void Scale(ReadOnlySpan<byte> bytes, float weight, Span<float> line)
    {
        line = line[..bytes.Length];
        int i = 0;
        for (; i + Vector<byte>.Count <= bytes.Length; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(bytes[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(line[i..]);
            (to[0], to[1]) = Floats(low, weight);
            (to[2], to[3]) = Floats(high, weight);
        }

        for (; i < bytes.Length; i++)
            line[i] = bytes[i] * weight;
    }

    /// <summary>line += weight * bytes.</summary>
    public static void Add(ReadOnlySpan<byte> bytes, float weight, Span<float> line)
    {
        line = line[..bytes.Length];
        int i = 0;
        for (; i + Vector<byte>.Count <= bytes.Length; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(bytes[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(line[i..]);
            (Vector<float> a, Vector<float> b) = Floats(low, weight);
            (Vector<float> c, Vector<float> d) = Floats(high, weight);
            to[0] += a;
            to[1] += b;
            to[2] += c;
            to[3] += d;
        }

        for (; i < bytes.Length; i++)
            line[i] += bytes[i] * weight;
    }

    private static (Vector<float> Low, Vector<float> High) Floats(Vector<ushort> values, float weight)
    {
        Vector.Widen(values, out Vector<uint> low, out Vector<uint> high);
        return (
            Vector.ConvertToSingle(Vector.AsVectorInt32(low)) * weight,
            Vector.ConvertToSingle(Vector.AsVectorInt32(high)) * weight
        );
    }
}
