using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Tests.Linear;

public sealed class ProductPartsTests
{
    [Theory]
    [InlineData(1, 5, 3, 10, 10)]
    [InlineData(8, 4, 64, 49, 2048)]
    [InlineData(8, 14, 32, 196, 1024)]
    [InlineData(8, 224, 2, 3136, 64)]
    [InlineData(2, 1, 1, 4, 16)]
    [InlineData(7, 3, 5, 30, 160)]
    [InlineData(64, 2, 3, 28, 96)]
    [InlineData(4, 0, 3, 0, 96)]
    public void Each_panel_of_each_group_is_in_one_part(int parts, int groups, int panels, int rows, int columns)
    {
        var cut = ProductParts.Of(parts, groups, panels, rows, columns);
        int[,] times = new int[groups, panels];
        for (int part = 0; part < cut.Count; part++)
        {
            (int group, int groupEnd) = cut.Groups(part);
            Assert.InRange(groupEnd - group, 1, groups);
            (int panel, int panelEnd) = cut.Panels(part);
            Assert.InRange(panelEnd - panel, 1, panels);
            for (int g = group; g < groupEnd; g++)
            {
                for (int p = panel; p < panelEnd; p++)
                    times[g, p]++;
            }
        }

        Assert.All(times.Cast<int>(), t => Assert.Equal(1, t));
        Assert.InRange(cut.Count, Math.Min(parts, groups * panels) / 2, 2 * parts);
    }

    // A part of rows reads all weights of its columns: few rows are not cut, and neither are many.
    [Fact]
    public void What_is_read_again_is_the_smaller_operand()
    {
        Assert.Equal((0, 4), ProductParts.Of(8, 4, 64, 49, 2048).Groups(3));
        Assert.Equal((0, 2), ProductParts.Of(8, 224, 2, 3136, 64).Panels(3));
    }
}
