using Evenkeel.Kernels.Recurrent;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

/// <summary>Cells of recurrent networks.</summary>
internal static class RecurrentRunners
{
    public static void Forward(LstmCellForward s, CpuContext c) =>
        Kernels.Recurrent.LstmCell.Forward(
            c.Pool,
            s.Units,
            new LstmValues
            {
                X = c.Floats(s.Operands.X),
                H = c.Floats(s.Operands.H),
                C = c.Floats(s.Operands.State),
                Next = c.Floats(s.Next),
                Output = c.Floats(s.Output),
                Gates = c.Floats(s.Gates),
            }
        );

    public static void Backward(LstmCellBackward s, CpuContext c) =>
        Kernels.Recurrent.LstmCell.Backward(
            c.Pool,
            s.Units,
            new LstmGradients
            {
                Gates = c.Floats(s.Kept.X),
                Output = c.Floats(s.Kept.H),
                C = c.Floats(s.Kept.State),
                DNext = c.Floats(s.DNext),
                DOutput = c.Floats(s.DOutput),
                DX = c.Floats(s.Gradients.X),
                DH = c.Floats(s.Gradients.H),
                DC = c.Floats(s.Gradients.State),
            }
        );

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
}
