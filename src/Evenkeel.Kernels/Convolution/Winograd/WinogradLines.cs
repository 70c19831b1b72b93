using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The lines of the source that the windows of a block of tiles see, made in memory of a thread's own where they are not read as they lie, normalised or put
/// together of phases: windows overlap, so that a transform would make each pixel more than twice.
/// </summary>
internal static unsafe class WinogradLines
{
    /// <summary>Floats for the lines of so many neighbouring tiles; 0 where they are read as they lie.</summary>
    public static nint Floats(in PatchGrid grid, in WinogradCut cut, int tiles)
    {
        if (AreRead(grid))
            return 0;
        return MadeFloats(grid, cut, tiles) + grid.Phases.LineFloats(grid.Norm);
    }

    // Whether windows see lines as they lie.
    private static bool AreRead(in PatchGrid grid) => grid.Norm == null && !grid.Phases.AreJoined;

    // Floats for the lines themselves.
    private static nint MadeFloats(in PatchGrid grid, in WinogradCut cut, int tiles)
    {
        // From tile to tile, and from image to image, windows see a line more for each tap behind the first than the tiles have.
        int tileLines = Partition.CeilingDivide(tiles - 1, cut.TilesX) + 1,
            images = Partition.CeilingDivide(tileLines - 1, cut.TilesY) + 1,
            lines = Math.Min((tileLines * cut.Outputs) + ((cut.Taps - 1) * images), grid.Batch * grid.Height);
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
        if (tiles == 0 || AreRead(grid))
            return grid;
        var position = new WinogradTilePosition(first, cut);
        PatchGrid made = grid;
        made.Norm = null;
        made.Phases = default;
        made.Source = to - (Lines(grid, cut, position).Top * grid.Width * grid.PixelStride);
        float* memory = to + MadeFloats(grid, cut, tiles);
        // Lines that are made already from the first to the last pixel.
        int known = 0;
        while (tiles > 0)
        {
            int run = Math.Min(tiles, cut.TilesX - position.X);
            (int top, int bottom) = Lines(grid, cut, position);
            int left = Math.Clamp((cut.Outputs * position.X) + grid.FirstX, 0, grid.Width),
                right = Math.Clamp((cut.Outputs * (position.X + run - 1)) + grid.FirstX + cut.Window, left, grid.Width);
            bool whole = right - left == grid.Width;
            Make(grid, made, (Math.Max(top, known), bottom), (left, right), memory);
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
        return (image + Math.Clamp(line, 0, grid.Height), image + Math.Clamp(line + cut.Window, 0, grid.Height));
    }

    private static void Make(
        in PatchGrid grid,
        in PatchGrid made,
        (int Top, int Bottom) lines,
        (int Left, int Right) columns,
        float* memory
    )
    {
        nint pitch = grid.Width * grid.PixelStride,
            place = (lines.Top * pitch) + (columns.Left * grid.PixelStride);
        if (grid.Phases.AreJoined)
        {
            for (int line = lines.Top; line < lines.Bottom; line++, place += pitch)
                grid.Phases.Make(grid, line, columns, made.Source + place, memory);
            return;
        }

        (int count, int pixels) = (lines.Bottom - lines.Top, columns.Right - columns.Left);
        // Whole lines are one row of pixels.
        if (pixels == grid.Width && count > 0)
            (count, pixels) = (1, count * pixels);
        for (; count > 0; count--, place += pitch)
            InputNorm.Make(grid.Norm, grid.Source + place, pixels, made.Source + place, grid.PixelStride);
    }
}
