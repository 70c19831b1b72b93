using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>How the outputs of a strip are added up.</summary>
internal interface IStripSums
{
    /// <summary>Computes a tile of so many outputs, 1 to <see cref="DepthwiseTile.MaxHeight"/>.</summary>
    void Run<TVec, TLanes>(int height, in DepthwiseTile tile)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>;
}

/// <summary>Sums over the taps of a channel.</summary>
internal readonly struct DepthwiseSums<TEpilogue>(TEpilogue epilogue) : IStripSums
    where TEpilogue : struct, IDepthwiseEpilogue
{
    /// <inheritdoc/>
    public void Run<TVec, TLanes>(int height, in DepthwiseTile tile)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        switch (height)
        {
            case 1:
                DepthwiseTile<TVec, TLanes, TEpilogue, Height1>.Run(tile, epilogue);
                break;
            case 2:
                DepthwiseTile<TVec, TLanes, TEpilogue, Height2>.Run(tile, epilogue);
                break;
            case 3:
                DepthwiseTile<TVec, TLanes, TEpilogue, Height3>.Run(tile, epilogue);
                break;
            case 4:
                DepthwiseTile<TVec, TLanes, TEpilogue, Height4>.Run(tile, epilogue);
                break;
            case 5:
                DepthwiseTile<TVec, TLanes, TEpilogue, Height5>.Run(tile, epilogue);
                break;
            case 6:
                DepthwiseTile<TVec, TLanes, TEpilogue, Height6>.Run(tile, epilogue);
                break;
            default:
                DepthwiseTile<TVec, TLanes, TEpilogue, Height7>.Run(tile, epilogue);
                break;
        }
    }
}
