using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Recurrent;

/// <summary>What an LSTM cell reads and writes forward, all row by row: the gates' rows hold i, f, g and o one after the other.</summary>
public readonly ref struct LstmValues
{
    /// <summary>[rows, 4 units]: what the input gives the gates.</summary>
    public required ReadOnlySpan<float> X { get; init; }

    /// <summary>[rows, 4 units]: what the hidden state gives them.</summary>
    public required ReadOnlySpan<float> H { get; init; }

    /// <summary>[rows, units]: the cell state before.</summary>
    public required ReadOnlySpan<float> C { get; init; }

    /// <summary>Receives [rows, units]: the cell state.</summary>
    public required Span<float> Next { get; init; }

    /// <summary>Receives [rows, units]: the output gate.</summary>
    public required Span<float> Output { get; init; }

    /// <summary>Receives [rows, 3 units]: i, f and g, for the backward pass.</summary>
    public required Span<float> Gates { get; init; }
}

/// <summary>What an LSTM cell reads and writes backward.</summary>
public readonly ref struct LstmGradients
{
    /// <summary>[rows, 3 units]: i, f and g of the forward pass.</summary>
    public required ReadOnlySpan<float> Gates { get; init; }

    /// <summary>[rows, units]: the output gate.</summary>
    public required ReadOnlySpan<float> Output { get; init; }

    /// <summary>[rows, units]: the cell state before.</summary>
    public required ReadOnlySpan<float> C { get; init; }

    /// <summary>[rows, units]: gradient of the cell state.</summary>
    public required ReadOnlySpan<float> DNext { get; init; }

    /// <summary>[rows, units]: gradient of the output gate.</summary>
    public required ReadOnlySpan<float> DOutput { get; init; }

    /// <summary>Receives [rows, 4 units]: gradient of what the input gave the gates.</summary>
    public required Span<float> DX { get; init; }

    /// <summary>Receives [rows, 4 units]: the same once more, of what the hidden state gave them; may be <see cref="DX"/>.</summary>
    public required Span<float> DH { get; init; }

    /// <summary>Receives [rows, units]: gradient of the cell state before.</summary>
    public required Span<float> DC { get; init; }
}

/// <summary>
/// The gates and the state of a long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000):
/// c' = f c + i g with i, f, o = sigmoid(x + h) and g = tanh(x + h).
/// </summary>
public static unsafe partial class LstmCell
{
    /// <summary>The cell state and the output gate.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="units">Values of a cell state, 1 or more.</param>
    /// <param name="v">Operands and results, apart from each other.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Forward(WorkerPool pool, int units, in LstmValues v)
    {
        int rows = CheckedRows(units, v);
        fixed (
            float* x = v.X,
                h = v.H,
                c = v.C,
                next = v.Next,
                output = v.Output,
                gates = v.Gates
        )
        {
            var cell = new ForwardCell<PlainSums>(units, new PlainSums(x, h), c, next, output, gates);
            CellRows.Run(pool, rows, units, cell);
        }
    }

    /// <summary>The gradients of what the gates were given, and of the cell state before; 0 for one below 2^-100.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="units">Values of a cell state, 1 or more.</param>
    /// <param name="v">Operands and results, apart from each other.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Backward(WorkerPool pool, int units, in LstmGradients v)
    {
        int rows = CheckedRows(units, v);
        fixed (
            float* gates = v.Gates,
                output = v.Output,
                c = v.C,
                dnext = v.DNext,
                doutput = v.DOutput
        )
        fixed (
            float* dx = v.DX,
                dh = v.DH,
                dc = v.DC
        )
        {
            var kept = new Kept(gates, output, c);
            CellRows.Run(pool, rows, units, new BackwardCell(units, kept, dnext, doutput, dx, dh, dc));
        }
    }

    private static int CheckedRows(int units, in LstmValues v)
    {
        int rows = CellRows.Count(units, v.C.Length);
        CellRows.Require(4 * v.C.Length, v.X.Length, "x");
        CellRows.Require(4 * v.C.Length, v.H.Length, "h");
        CellRows.Require(v.C.Length, v.Next.Length, "next");
        CellRows.Require(v.C.Length, v.Output.Length, "output");
        CellRows.Require(3 * v.C.Length, v.Gates.Length, "gates");
        return rows;
    }

    private static int CheckedRows(int units, in LstmGradients v)
    {
        int rows = CellRows.Count(units, v.C.Length);
        CellRows.Require(3 * v.C.Length, v.Gates.Length, "gates");
        CellRows.Require(v.C.Length, v.Output.Length, "output");
        CellRows.Require(v.C.Length, v.DNext.Length, "dnext");
        CellRows.Require(v.C.Length, v.DOutput.Length, "doutput");
        CellRows.Require(4 * v.C.Length, v.DX.Length, "dx");
        CellRows.Require(4 * v.C.Length, v.DH.Length, "dh");
        CellRows.Require(v.C.Length, v.DC.Length, "dc");
        return rows;
    }

    /// <summary>What both operands together give the gates.</summary>
    private interface IGateSums
    {
        /// <summary>The register at a place of the operands; <paramref name="column"/> is the place in its row.</summary>
        TVec At<TLanes, TVec>(nint place, nint column)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged;
    }

    private readonly struct PlainSums(float* x, float* h) : IGateSums
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec At<TLanes, TVec>(nint place, nint column)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => TLanes.Add(TLanes.Load(x + place), TLanes.Load(h + place));
    }

    private readonly struct ForwardCell<TSums>(
        int units,
        TSums sums,
        float* c,
        float* next,
        float* output,
        float* gates
    ) : ICell
        where TSums : struct, IGateSums
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint row, nint unit)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            nint place = (row * units) + unit,
                kept = (3 * row * units) + unit;
            TVec i = CellRows.Sigmoid<TLanes, TVec>(Sum<TLanes, TVec>(row, unit)),
                f = CellRows.Sigmoid<TLanes, TVec>(Sum<TLanes, TVec>(row, unit + units)),
                g = CellRows.Tanh<TLanes, TVec>(Sum<TLanes, TVec>(row, unit + (2 * units)));
            TLanes.Store(output + place, CellRows.Sigmoid<TLanes, TVec>(Sum<TLanes, TVec>(row, unit + (3 * units))));
            TVec old = TLanes.Multiply(f, TLanes.Load(c + place));
            TLanes.Store(next + place, TLanes.MultiplyAdd(i, g, old));
            TLanes.Store(gates + kept, i);
            TLanes.Store(gates + kept + units, f);
            TLanes.Store(gates + kept + (2 * units), g);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVec Sum<TLanes, TVec>(nint row, nint column)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => sums.At<TLanes, TVec>((4 * row * units) + column, column);
    }

    // Of the forward pass.
    private readonly struct Kept(float* gates, float* output, float* c)
    {
        public float* Gates => gates;

        public float* Output => output;

        public float* C => c;
    }

    private readonly struct GateGradients<TVec>(TVec i, TVec f, TVec g, TVec o)
    {
        public TVec I { get; } = i;

        public TVec F { get; } = f;

        public TVec G { get; } = g;

        public TVec O { get; } = o;
    }

    private readonly struct BackwardCell(
        int units,
        Kept kept,
        float* dnext,
        float* doutput,
        float* dx,
        float* dh,
        float* dc
    ) : ICell
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint row, nint unit)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => _ = Gradients<TLanes, TVec>(row, unit);

        /// <summary>Writes the gradients, and returns those of the gates.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public GateGradients<TVec> Gradients<TLanes, TVec>(nint row, nint unit)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            nint place = (row * units) + unit,
                first = (4 * row * units) + unit;
            float* gates = kept.Gates + (3 * row * units) + unit;
            TVec i = TLanes.Load(gates),
                f = TLanes.Load(gates + units),
                g = TLanes.Load(gates + (2 * units)),
                o = TLanes.Load(kept.Output + place),
                d = TLanes.Load(dnext + place);
            TLanes.Store(dc + place, VanishingGradient.OrZero<TLanes, TVec>(TLanes.Multiply(d, f)));
            TVec di = CellRows.ThroughSigmoid<TLanes, TVec>(i, TLanes.Multiply(d, g)),
                df = CellRows.ThroughSigmoid<TLanes, TVec>(f, TLanes.Multiply(d, TLanes.Load(kept.C + place))),
                dg = CellRows.ThroughTanh<TLanes, TVec>(g, TLanes.Multiply(d, i)),
                dO = CellRows.ThroughSigmoid<TLanes, TVec>(o, TLanes.Load(doutput + place));
            return new GateGradients<TVec>(
                Put<TLanes, TVec>(first, di),
                Put<TLanes, TVec>(first + units, df),
                Put<TLanes, TVec>(first + (2 * units), dg),
                Put<TLanes, TVec>(first + (3 * units), dO)
            );
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVec Put<TLanes, TVec>(nint index, TVec gradient)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TLanes.Store(dx + index, gradient);
            TLanes.Store(dh + index, gradient);
            return gradient;
        }
    }
}
