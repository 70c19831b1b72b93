namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Values that are normalised together: those of a group of neighbouring channels over all positions of a block. A block is an example, or
/// a row of one.
/// </summary>
/// <param name="Positions">Positions of a block, 1 or more.</param>
/// <param name="Channels">Values of a position.</param>
/// <param name="Groups">Groups that the channels are cut into, equally large.</param>
public readonly record struct GroupNormShape(int Positions, int Channels, int Groups)
{
    /// <summary>Values of a block.</summary>
    public int Count => Positions * Channels;
}

/// <summary>
/// How a block is gone through: in tiles of whole groups, so many that registers are filled. What is gathered of a tile, or known for
/// each of its columns, has few local columns: those of the tile, or, where one group is wider, a segment that its columns take turns in.
/// </summary>
internal readonly struct GroupNormPlan
{
    /// <summary>Most local columns of a tile.</summary>
    public const int MostLocal = (2 * Segment) - 1;

    private const int Segment = 64;

    public GroupNormPlan(in GroupNormShape shape)
    {
        Shape = shape;
        Width = shape.Channels / shape.Groups;
        LocalWidth = Math.Min(Width, Segment);
        GroupsOfTile = Math.Min(shape.Groups, (Segment + LocalWidth - 1) / LocalWidth);
        Tiles = (shape.Groups + GroupsOfTile - 1) / GroupsOfTile;
    }

    public GroupNormShape Shape { get; }

    /// <summary>Channels of a group.</summary>
    public int Width { get; }

    /// <summary>Local columns of a group.</summary>
    public int LocalWidth { get; }

    public int GroupsOfTile { get; }

    public int Tiles { get; }

    /// <summary>Values of a group in a block.</summary>
    public double ValuesOfGroup => (double)Shape.Positions * Width;

    /// <summary>Groups of a tile; the last has what is left.</summary>
    public int GroupsOf(int tile) => Math.Min(GroupsOfTile, Shape.Groups - (tile * GroupsOfTile));
}
