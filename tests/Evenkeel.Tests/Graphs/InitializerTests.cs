using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Tests.Graphs;

public sealed class InitializerTests
{
    // Values are rounded to 24 bits; a product of two columns of 40 adds 40 of those errors.
    private const double Tolerance = 1e-6;

    [Theory]
    [InlineData(7, 28)]
    [InlineData(40, 40)]
    [InlineData(40, 9)]
    [InlineData(9, 25)]
    public void Columns_of_a_block_are_orthonormal(int rows, int columns)
    {
        float[] w = Values(rows, columns, new OrthogonalInitializer());
        for (int a = 0; a < columns; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                if (a / rows != b / rows)
                    continue;
                double product = Enumerable
                    .Range(0, rows)
                    .Sum(r => (double)w[(r * columns) + a] * w[(r * columns) + b]);
                Assert.InRange(product - (a == b ? 1 : 0), -Tolerance, Tolerance);
            }
        }
    }

    [Fact]
    public void Identities_stand_side_by_side() =>
        Assert.Equal([0.5f, 0, 0.5f, 0, 0.5f, 0, 0.5f, 0, 0.5f, 0], Values(2, 5, new IdentityInitializer(0.5)));

    private static float[] Values(int rows, int columns, Initializer initializer)
    {
        Network network = Network.Input(rows).Add(new Linear(columns) { Initializer = initializer });
        using Model model = Model.Create(network.Build(), 1);
        return model.Floats("linear1.weight").ToArray();
    }
}
