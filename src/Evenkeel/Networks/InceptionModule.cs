namespace Evenkeel.Networks;

/// <summary>The pooling of an Inception module's last branch.</summary>
internal enum InceptionPool
{
    Average,
    Max,
}

/// <summary>A row of Figure 5; 0 leaves a branch's part out.</summary>
internal sealed record InceptionModule(
    string Name,
    int Pointwise,
    int Reduce3,
    int Filters3,
    int ReduceDouble3,
    int FiltersDouble3,
    InceptionPool Pool,
    int Projection,
    int Stride
)
{
    public void Append(Network network, ConvolutionBlocks blocks)
    {
        var branches = new List<Action<Network>>();
        if (Pointwise > 0)
            branches.Add(b => blocks.Append(b, "1x1", Pointwise, 1));
        branches.Add(b =>
        {
            blocks.Append(b, "3x3.reduce", Reduce3, 1);
            blocks.Append(b, "3x3", Filters3, 3, Stride);
        });
        branches.Add(b =>
        {
            blocks.Append(b, "double3x3.reduce", ReduceDouble3, 1);
            blocks.Append(b, "double3x3.1", FiltersDouble3, 3);
            blocks.Append(b, "double3x3.2", FiltersDouble3, 3, Stride);
        });
        branches.Add(b => AppendPool(b, blocks));
        network.Scope($"inception{Name}", n => n.Concat("output", [.. branches]));
    }

    private void AppendPool(Network branch, ConvolutionBlocks blocks)
    {
        if (Pool == InceptionPool.Average)
            branch.AveragePool(3, Stride, 1, "pool");
        else
            branch.MaxPool(3, Stride, 1, "pool");
        if (Projection > 0)
            blocks.Append(branch, "projection", Projection, 1);
    }
}
