using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Tests.Linear;

public sealed class WeightOrderTests
{
    // Around one and two blocks of outputs, sizes of one, and more rows than are put in order at a time.
    public static TheoryData<int, int, int> Sizes()
    {
        var sizes = new TheoryData<int, int, int>();
        foreach (int outputs in (int[])[1, 2, 15, 16, 17, 31, 32, 33])
        {
            foreach (int inputs in (int[])[1, 3, 8, 33])
            {
                foreach (int positions in (int[])[0, 1, 4, 9])
                    sizes.Add(outputs, inputs, positions);
            }
        }

        return sizes;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_value_lands_where_its_indices_say(int outputs, int inputs, int positions)
    {
        float[] file = [.. Enumerable.Range(0, outputs * inputs * positions).Select(i => (float)i)];
        float[] memory = new float[file.Length];
        WeightOrder.OutputsLast(file, outputs, inputs, memory);
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                for (int p = 0; p < positions; p++)
                    Assert.Equal(
                        file[(((o * inputs) + i) * positions) + p],
                        memory[(((p * inputs) + i) * outputs) + o]
                    );
            }
        }

        Assert.Equal(file, WeightOrder.OutputsFirst(memory, outputs, inputs));
    }

    [Theory]
    [InlineData(11, 2, 3, 11)]
    [InlineData(12, 2, 3, 11)]
    public void Lengths_that_do_not_agree_are_refused(int values, int outputs, int inputs, int destination)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            WeightOrder.OutputsLast(new float[values], outputs, inputs, new float[destination])
        );
        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
    }
}
