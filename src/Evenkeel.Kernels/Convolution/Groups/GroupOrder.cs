using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution.Groups;

/// <summary>For each channel of a group an order of lanes that puts this channel of every group of a register into all lanes of its group.</summary>
internal static unsafe class GroupOrder<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    private const int MostChannels = 8;
    private static readonly float[] _orders = Make();

    /// <summary>A register for each of so many channels: 2, 4 or 8.</summary>
    public static float* Of(int channels)
    {
        // Pinned for good.
        fixed (float* orders = _orders)
            return orders + (First(channels) * TLanes.Count);
    }

    // Those of 2 channels are followed by those of 4, and these by those of 8.
    private static int First(int channels) => channels - 2;

    private static float[] Make()
    {
        float[] orders = GC.AllocateArray<float>((First(MostChannels) + MostChannels) * TLanes.Count, pinned: true);
        for (int channels = 2; channels <= MostChannels; channels *= 2)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                Span<float> order = orders.AsSpan((First(channels) + channel) * TLanes.Count, TLanes.Count);
                for (int lane = 0; lane < order.Length; lane++)
                    order[lane] = BitConverter.Int32BitsToSingle((lane / channels * channels) + channel);
            }
        }

        return orders;
    }
}
