using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Recurrent;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Execution.Cpu;

/// <summary>Cells of recurrent networks.</summary>
internal static class RecurrentRunners
{
    public static void Forward(LstmCellForward s, CpuContext c) =>
        Kernels.Recurrent.LstmCell.Forward(c.Pool, s.Units, c.Values(s, s.Operands.X, s.Operands.H));

    public static void Forward(NormalizedLstmForward s, CpuContext c) =>
        Kernels.Recurrent.LstmCell.Forward(
            c.Pool,
            s.Cell.Units,
            c.Values(s.Cell, s.X.X, s.H.X),
            new NormCoefficients(c.Floats(s.X.Coefficients)),
            new NormCoefficients(c.Floats(s.H.Coefficients))
        );

    public static void Backward(LstmCellBackward s, CpuContext c) =>
        Kernels.Recurrent.LstmCell.Backward(c.Pool, s.Units, c.Gradients(s));

    public static void Backward(LstmCellGradientSums s, CpuContext c) =>
        Kernels.Recurrent.LstmCell.Backward(c.Pool, s.Cell.Units, c.Gradients(s.Cell), c.SumsAt(s.X), c.SumsAt(s.H));

    public static void Forward(GruCellForward s, CpuContext c) =>
        Kernels.Recurrent.GruCell.Forward(
            c.Pool,
            s.Units,
            new GruValues
            {
                X = c.Floats(s.Operands.X),
                U = c.Floats(s.Operands.H),
                H = c.Floats(s.Operands.State),
                Next = c.Floats(s.Next),
                Gates = c.Floats(s.Gates),
            }
        );

    public static void Backward(GruCellBackward s, CpuContext c) =>
        Kernels.Recurrent.GruCell.Backward(
            c.Pool,
            s.Units,
            new GruGradients
            {
                Gates = c.Floats(s.Kept.X),
                U = c.Floats(s.Kept.H),
                H = c.Floats(s.Kept.State),
                DNext = c.Floats(s.DNext),
                DX = c.Floats(s.Gradients.X),
                DU = c.Floats(s.Gradients.H),
                DH = c.Floats(s.Gradients.State),
            }
        );

    private static LstmValues Values(this CpuContext c, LstmCellForward s, BufferId x, BufferId h) =>
        new()
        {
            X = c.Floats(x),
            H = c.Floats(h),
            C = c.Floats(s.Operands.State),
            Next = c.Floats(s.Next),
            Output = c.Floats(s.Output),
            Gates = c.Floats(s.Gates),
        };

    private static LstmGradients Gradients(this CpuContext c, LstmCellBackward s) =>
        new()
        {
            Gates = c.Floats(s.Kept.X),
            Output = c.Floats(s.Kept.H),
            C = c.Floats(s.Kept.State),
            DNext = c.Floats(s.DNext),
            DOutput = c.Floats(s.DOutput),
            DX = c.Floats(s.Gradients.X),
            DH = c.Floats(s.Gradients.H),
            DC = c.Floats(s.Gradients.State),
        };

    private static GateSums SumsAt(this CpuContext c, NormSums s) =>
        new(c.Floats(s.Norm.X), new NormCoefficients(c.Floats(s.Norm.Coefficients)), c.Doubles(s.Sums));
}
