namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>Values at which readers break.</summary>
internal static class Odd
{
    private static readonly long[] Numbers =
    [
        0,
        1,
        2,
        -1,
        -2,
        3,
        7,
        127,
        128,
        255,
        256,
        1000,
        4096,
        32767,
        32768,
        65535,
        65536,
        1 << 20,
        100_000_000,
        int.MaxValue - 1,
        int.MaxValue,
        1L << 31,
        int.MinValue,
        uint.MaxValue,
        1L << 32,
        1L << 40,
        1L << 53,
        long.MaxValue - 1,
        long.MaxValue,
        long.MinValue,
    ];

    private static readonly string[] Texts =
    [
        "",
        " ",
        ".",
        "..",
        "../x",
        "/",
        "/dev/zero",
        "\0",
        "a\0b",
        "\n",
        "\r\n",
        "\t",
        "\e[31m",
        "\e]0;x\a",
        "é",
        "\u202e",
        "\ud83d\ude00",
        "%s%n",
        "{0}",
        "'",
        "\"",
        "\\",
        "NaN",
        "-1",
        "1e400",
        "true",
        "null",
    ];

    /// <summary>A number; a third of them near one that is there.</summary>
    public static long Number(Random random, long present = 0) =>
        random.Next(3) switch
        {
            0 => unchecked(present + random.Next(-2, 3)),
            1 when random.Next(2) == 0 => unchecked(present * random.Next(2, 5000)),
            _ => Numbers[random.Next(Numbers.Length)],
        };

    /// <summary>A text, rarely a long one.</summary>
    public static string Text(Random random) =>
        random.Next(8) == 0 ? new string('x', 1 << random.Next(4, 15)) : Texts[random.Next(Texts.Length)];

    /// <summary>One of several.</summary>
    public static T One<T>(Random random, IReadOnlyList<T> things) => things[random.Next(things.Count)];

    /// <summary>How often to do something: mostly few times, rarely many.</summary>
    public static int Times(Random random, int most) =>
        random.Next(8) == 0 ? random.Next(1, most + 1) : random.Next(1, Math.Min(most, 4) + 1);
}
