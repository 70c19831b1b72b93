using Evenkeel.Kernels.Convolution.Depthwise;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Groups;

/// <summary>Sums over the taps of the channels of a group, from the bias on, and what the activation makes of them.</summary>
/// <param name="act">The activation.</param>
/// <param name="bias">One for each output channel, or null.</param>
/// <param name="channels">Channels of a group: 2, 4 or 8.</param>
internal readonly unsafe struct GroupSums<TAct>(TAct act, float* bias, int channels) : IStripSums
    where TAct : struct, IActivation
{
    private readonly float* _bias = bias;

    /// <summary>The activation.</summary>
    public TAct Act => act;

    /// <summary>One for each output channel, or null.</summary>
    public float* Bias => _bias;

    /// <summary>Channels of a group.</summary>
    public int Channels => channels;

    /// <inheritdoc/>
    public void Run<TVec, TLanes>(int height, in DepthwiseTile tile)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        float* orders = GroupOrder<TVec, TLanes>.Of(channels);
        switch (height)
        {
            case 1:
                GroupTile<TVec, TLanes, TAct, Height1>.Run(tile, this, orders);
                break;
            case 2:
                GroupTile<TVec, TLanes, TAct, Height2>.Run(tile, this, orders);
                break;
            case 3:
                GroupTile<TVec, TLanes, TAct, Height3>.Run(tile, this, orders);
                break;
            case 4:
                GroupTile<TVec, TLanes, TAct, Height4>.Run(tile, this, orders);
                break;
            case 5:
                GroupTile<TVec, TLanes, TAct, Height5>.Run(tile, this, orders);
                break;
            case 6:
                GroupTile<TVec, TLanes, TAct, Height6>.Run(tile, this, orders);
                break;
            default:
                GroupTile<TVec, TLanes, TAct, Height7>.Run(tile, this, orders);
                break;
        }
    }
}
