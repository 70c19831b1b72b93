using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>DepthToSpace and SpaceToDepth: channels that become pixels of finer images, and back.</summary>
internal static class DepthSpaceImport
{
    public static Value ToSpace(NodeImport node)
    {
        (ComputedValue x, int block) = Read(node);
        int channels = x.Dimensions[0] / (block * block),
            height = x.Dimensions[1],
            width = x.Dimensions[2];
        if (channels * block * block != x.Dimensions[0])
            throw Misfit(x, block);
        bool blockFirst = node.Text("mode", "DCR") switch
        {
            "DCR" => true,
            "CRD" => false,
            string other => throw new UnsupportedException($"mode {other} is not supported"),
        };
        int[] split = blockFirst ? [block, block, channels, height, width] : [channels, block, block, height, width],
            order = blockFirst ? [2, 3, 0, 4, 1] : [0, 3, 1, 4, 2];
        return Moved(node, x, split, order, [channels, height * block, width * block]);
    }

    public static Value ToDepth(NodeImport node)
    {
        (ComputedValue x, int block) = Read(node);
        int channels = x.Dimensions[0],
            height = x.Dimensions[1] / block,
            width = x.Dimensions[2] / block;
        if (height * block != x.Dimensions[1] || width * block != x.Dimensions[2])
            throw Misfit(x, block);
        int[] split = [channels, height, block, width, block];
        return Moved(node, x, split, [2, 4, 0, 1, 3], [block * block * channels, height, width]);
    }

    private static (ComputedValue X, int Block) Read(NodeImport node)
    {
        ComputedValue x = node.Computed(0);
        long block = node.Int("blocksize", 0);
        return x.Rank == 3 && block >= 1 && block <= x.Count
            ? (x, (int)block)
            : throw new UnsupportedException($"blocks of {block} of {x}; images and blocks of 1 or more are supported");
    }

    private static ComputedValue Moved(NodeImport node, ComputedValue x, int[] split, int[] order, int[] made)
    {
        ComputedValue parts = ShapeImport.To(node, node.Network.RowMajor(x), split);
        return ShapeImport.To(node, TransposeImport.Permuted(node, node.OwnName, parts, order), made);
    }

    private static UnsupportedException Misfit(ComputedValue x, int block) =>
        new($"{x} is not a whole number of blocks of {block} by {block}");
}
