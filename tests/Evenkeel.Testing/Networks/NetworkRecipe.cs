using System.Collections.Immutable;
using System.Globalization;

namespace Evenkeel.Testing.Networks;

/// <summary>
/// The numbers that a random network is made of: one row for the network as a whole and one for each choice of layers. Any numbers
/// make a valid network, and smaller or fewer ones a simpler network, so that a recipe can be shrunk without knowing what it means.
/// </summary>
/// <param name="Whole">Numbers of the input, the values and the batch.</param>
/// <param name="Choices">Numbers of each choice, in order.</param>
public sealed record NetworkRecipe(ImmutableArray<uint> Whole, ImmutableArray<ImmutableArray<uint>> Choices)
{
    /// <summary>The recipe as text, for example <c>3,1,4/7,0/2</c>.</summary>
    public override string ToString() =>
        string.Join(
            '/',
            Choices
                .Insert(0, Whole)
                .Select(row => string.Join(',', row.Select(n => n.ToString(CultureInfo.InvariantCulture))))
        );

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static NetworkRecipe Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ImmutableArray<uint>[] rows =
        [
            .. text.Split('/')
                .Select(row =>
                    row.Split(',', StringSplitOptions.RemoveEmptyEntries)
                        .Select(n => uint.Parse(n, CultureInfo.InvariantCulture))
                        .ToImmutableArray()
                ),
        ];
        return new NetworkRecipe(rows[0], [.. rows[1..]]);
    }

    /// <summary>Simpler recipes, the boldest steps first: without some choices, with fewer numbers, with smaller ones.</summary>
    public IEnumerable<NetworkRecipe> Simpler()
    {
        for (int length = Choices.Length; length >= 1; length /= 2)
        {
            for (int i = 0; i + length <= Choices.Length; i++)
                yield return this with
                {
                    Choices = Choices.RemoveRange(i, length),
                };
        }

        foreach (ImmutableArray<uint> row in SimplerRows(Whole))
            yield return this with
            {
                Whole = row,
            };
        for (int i = 0; i < Choices.Length; i++)
        {
            foreach (ImmutableArray<uint> row in SimplerRows(Choices[i]))
                yield return this with
                {
                    Choices = Choices.SetItem(i, row),
                };
        }
    }

    // A number that is missing counts as 0.
    private static IEnumerable<ImmutableArray<uint>> SimplerRows(ImmutableArray<uint> row)
    {
        if (row.Length > 1)
            yield return row[..(row.Length / 2)];
        if (row.Length > 0)
            yield return row[..^1];
        for (int i = 0; i < row.Length; i++)
        {
            foreach (uint smaller in (uint[])[0, row[i] % 16, row[i] % 64, row[i] / 2, row[i] - 1])
            {
                if (smaller < row[i])
                    yield return row.SetItem(i, smaller);
            }
        }
    }
}
