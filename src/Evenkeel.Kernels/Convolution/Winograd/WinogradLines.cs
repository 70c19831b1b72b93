using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The lines of the source that the windows of a block of tiles see, made in memory of a thread's own where they are not read as they lie: windows
/// overlap, so that a transform would make each pixel more than twice.
/// </summary>
internal static unsafe class WinogradLines
{
    /// <summary>Floats for the lines of so many neighbouring tiles; 0 where they are read as they lie.</summary>
    public static nint Floats(in PatchGrid grid, in WinogradCut cut, int tiles)
    {
        if (grid.Norm == null)
            return 0;
        // From tile to tile, and from image to image, windows see two lines more than the tiles have.
        int tileLines = Partition.CeilingDivide(tiles - 1, cut.TilesX) + 1,
            images = Partition.CeilingDivide(tileLines - 1, cut.TilesY) + 1,
            lines = Math.Min((tileLines * cut.Outputs) + (2 * images), grid.Batch * grid.Height);
        return ((((nint)lines * grid.Width * grid.PixelStride) + 15) / 16 * 16) + 16;
    }

    /// <summary>The grid with the lines that <paramref name="tiles"/> tiles from tile <paramref name="first"/> on see.</summary>
    /// <param name="grid">The positions and what they see.</param>
    /// <param name="cut">How tiles are cut.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="tiles">Tiles.</param>
    /// <param name="to">Memory for the lines.</param>
    public static PatchGrid Make(in PatchGrid grid, in WinogradCut cut, int first, int tiles, float* to)
    {
        if (grid.Norm == null || tiles == 0)
            return grid;
        var position = new WinogradTilePosition(first, cut);
        PatchGrid made = grid;
        made.Norm = null;
        made.Source = to - (Lines(grid, cut, position).Top * grid.Width * grid.PixelStride);
        // Lines that are made already from the first to the last pixel.
        int known = 0;
        while (tiles > 0)
        {
            int run = Math.Min(tiles, cut.TilesX - position.X);
            (int top, int bottom) = Lines(grid, cut, position);
            int left = Math.Clamp((cut.Outputs * position.X) + grid.FirstX, 0, grid.Width),
                right = Math.Clamp(
                    (cut.Outputs * (position.X + run - 1)) + grid.FirstX + cut.Outputs + 2,
                    left,
                    grid.Width
                );
            bool whole = right - left == grid.Width;
            Make(grid, made, (Math.Max(top, known), bottom), (left, right));
            known = whole ? bottom : known;
            tiles -= run;
            position.Move(run);
        }

        return made;
    }

    // First line that the windows of a line of tiles see in all images, and the one behind the last.
    private static (int Top, int Bottom) Lines(in PatchGrid grid, in WinogradCut cut, in WinogradTilePosition position)
    {
        int image = position.Image * grid.Height,
            line = (cut.Outputs * position.Y) + grid.FirstY;
        return (image + Math.Clamp(line, 0, grid.Height), image + Math.Clamp(line + cut.Outputs + 2, 0, grid.Height));
    }

    private static void Make(
        in PatchGrid grid,
        in PatchGrid made,
        (int Top, int Bottom) lines,
        (int Left, int Right) columns
    )
    {
        nint pitch = grid.Width * grid.PixelStride,
            place = (lines.Top * pitch) + (columns.Left * grid.PixelStride);
        (int count, int pixels) = (lines.Bottom - lines.Top, columns.Right - columns.Left);
        // Whole lines are one row of pixels.
        if (pixels == grid.Width && count > 0)
            (count, pixels) = (1, count * pixels);
        for (; count > 0; count--, place += pitch)
            InputNorm.Make(grid.Norm, grid.Source + place, pixels, made.Source + place, grid.PixelStride);
    }
}
