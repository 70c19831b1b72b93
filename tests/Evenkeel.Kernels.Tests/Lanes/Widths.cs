using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Tests.Lanes;

/// <summary>Runs an action at a chosen width; wider ones than the machine has are emulated by the runtime.</summary>
internal static class Widths
{
    public static IEnumerable<int> All => [1, 4, 8, 16];

    public static void Run<TAction>(int width, TAction action)
        where TAction : struct, ILanesAction
    {
        switch (width)
        {
            case 1:
                action.Run<Lanes1, float>();
                break;
            case 4:
                action.Run<Lanes4, Vector128<float>>();
                break;
            case 8:
                action.Run<Lanes8, Vector256<float>>();
                break;
            case 16:
                action.Run<Lanes16, Vector512<float>>();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(width), width, "Widths are 1, 4, 8 and 16.");
        }
    }
}
