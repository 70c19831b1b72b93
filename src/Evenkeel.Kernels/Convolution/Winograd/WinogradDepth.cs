using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// Channels that the products of a plane sum over. At infinity a polynomial of taps is its last tap, which the last phases of a kernel do not have: of 7x7 taps in
/// steps of 2, one phase along each axis has four, the other three.
/// </summary>
internal readonly struct WinogradDepth
{
    private readonly int _window;
    private readonly int _channels;
    private readonly int _channelsLastX;
    private readonly int _channelsLastY;
    private readonly int _channelsLast;

    /// <param name="grid">The positions, on phases if there are strides.</param>
    /// <param name="cut">How they are cut.</param>
    public WinogradDepth(in PatchGrid grid, in WinogradCut cut)
    {
        _window = cut.Window;
        _channels = grid.Channels;
        _channelsLastX = grid.Phases.Channels(grid, lastY: false, lastX: true);
        _channelsLastY = grid.Phases.Channels(grid, lastY: true, lastX: false);
        _channelsLast = grid.Phases.Channels(grid, lastY: true, lastX: true);
    }

    /// <summary>Channels of plane <paramref name="plane"/>, from the first on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(int plane)
    {
        bool isLastY = plane >= _window * (_window - 1),
            isLastX = plane % _window == _window - 1;
        return isLastY ? (isLastX ? _channelsLast : _channelsLastY)
            : isLastX ? _channelsLastX
            : _channels;
    }
}
