using System.Buffers.Binary;

namespace Evenkeel.Testing.Fuzzing;

/// <summary>Damages a file as transfers, disks and ill will do: the same seed, the same damage.</summary>
public static class FileMutation
{
    private const int MostSteps = 6;

    private static readonly long[] Extremes =
    [
        0,
        1,
        -1,
        127,
        128,
        255,
        256,
        32767,
        65535,
        int.MaxValue,
        int.MinValue,
        uint.MaxValue,
        long.MaxValue,
        long.MinValue,
        1L << 40,
    ];

    /// <summary>A damaged copy.</summary>
    public static byte[] Damage(byte[] file, Random random)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(random);
        byte[] damaged = [.. file];
        int steps = random.Next(1, MostSteps + 1);
        for (int i = 0; i < steps; i++)
            damaged = Step(damaged, random);
        return damaged;
    }

    private static byte[] Step(byte[] file, Random random)
    {
        if (file.Length == 0)
            return [(byte)random.Next(256)];
        // Headers stand at the beginning and are where most of the logic is.
        int at = random.Next(random.Next(2) == 0 ? file.Length : Math.Min(file.Length, 256));
        int length = Math.Min(random.Next(1, 33), file.Length - at);
        switch (random.Next(8))
        {
            case 0:
                file[at] ^= (byte)(1 << random.Next(8));
                return file;
            case 1:
                file[at] = (byte)random.Next(256);
                return file;
            case 2:
                random.NextBytes(file.AsSpan(at, length));
                return file;
            case 3:
                return file[..at];
            case 4:
                return [.. file[..at], .. file[(at + length)..]];
            case 5:
                return [.. file[..(at + length)], .. file[at..]];
            case 6:
                file.AsSpan(random.Next(file.Length - length + 1), length).ToArray().CopyTo(file, at);
                return file;
            default:
                Overwrite(file.AsSpan(at), random);
                return file;
        }
    }

    private static void Overwrite(Span<byte> place, Random random)
    {
        long value = Extremes[random.Next(Extremes.Length)];
        Span<byte> bytes = stackalloc byte[8];
        if (random.Next(2) == 0)
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        else
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        int width = Math.Min(1 << random.Next(4), place.Length);
        bytes[..width].CopyTo(place);
    }
}
