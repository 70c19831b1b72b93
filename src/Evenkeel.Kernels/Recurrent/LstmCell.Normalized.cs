using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Recurrent;

/// <summary>What the gates of an LSTM cell are given, in front of its batch normalisation, and the two sums that its gradient needs.</summary>
/// <param name="x">[rows, 4 units]: the input of the normalisation.</param>
/// <param name="coefficients">As in the forward pass, with centers.</param>
/// <param name="sums">Receives [2, 4 units]: of the gradient d of the gates, and of d * (x - center).</param>
public readonly ref struct GateSums(ReadOnlySpan<float> x, NormCoefficients coefficients, Span<double> sums)
{
    /// <summary>[rows, 4 units]: the input of the normalisation.</summary>
    public ReadOnlySpan<float> X { get; } = x;

    /// <summary>As in the forward pass.</summary>
    public NormCoefficients Coefficients { get; } = coefficients;

    /// <summary>[2, 4 units].</summary>
    public Span<double> Sums { get; } = sums;

    internal void Check(int rows, int units)
    {
        MatrixArguments.CheckMatrix(rows, 4 * units, X.Length);
        MatrixArguments.CheckVector(4 * units, Coefficients.Center.Length);
        MatrixArguments.CheckVector(8 * units, Sums.Length);
    }
}

/// <summary>A cell whose gates are given normalised values (Cooijmans et al. 2017): no pass of their own goes over these.</summary>
public static unsafe partial class LstmCell
{
    // Sums are kept in single precision so long before they are folded into doubles.
    private const int BlockRows = 64;

    // Rows whose sums stay in registers: few, so that memory is read nearly in order.
    private const int RowsTogether = 4;

    // For four gates those of d, then of d times what was centred of x, then of h.
    private const int SumsPerUnit = 12;

    /// <summary>The cell state and the output gate, of operands that are normalised on the way in. The bits are those of separate passes.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="units">Values of a cell state, 1 or more.</param>
    /// <param name="v">Operands in front of their normalisations, and results, apart from each other.</param>
    /// <param name="ofX">What X is normalised with, with centers.</param>
    /// <param name="ofH">What H is normalised with, with centers.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Forward(
        WorkerPool pool,
        int units,
        in LstmValues v,
        in NormCoefficients ofX,
        in NormCoefficients ofH
    )
    {
        int rows = CheckedRows(units, v);
        Check(units, ofX);
        Check(units, ofH);
        fixed (
            float* xCenter = ofX.Center,
                xScale = ofX.Scale,
                xShift = ofX.Shift,
                hCenter = ofH.Center,
                hScale = ofH.Scale,
                hShift = ofH.Shift
        )
        fixed (
            float* x = v.X,
                h = v.H,
                c = v.C,
                next = v.Next,
                output = v.Output,
                gates = v.Gates
        )
        {
            var sums = new NormalizedSums(
                new NormalizedGates(x, xCenter, xScale, xShift),
                new NormalizedGates(h, hCenter, hScale, hShift)
            );
            var cell = new ForwardCell<NormalizedSums>(units, sums, c, next, output, gates);
            CellRows.Run(pool, rows, units, cell);
        }
    }

    /// <summary>
    /// The gradients of the normalised values that the gates were given, and of the cell state before, 0 for one below 2^-100; and the sums with
    /// which the normalisations' gradients begin, in single precision inside a block of rows, in double precision beyond.
    /// </summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="units">Values of a cell state, 1 or more.</param>
    /// <param name="v">Operands and results, apart from each other.</param>
    /// <param name="ofX">The normalisation of what the input gave the gates.</param>
    /// <param name="ofH">That of what the hidden state gave them.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Backward(WorkerPool pool, int units, in LstmGradients v, in GateSums ofX, in GateSums ofH)
    {
        ArgumentNullException.ThrowIfNull(pool);
        int rows = CheckedRows(units, v),
            blocks = (rows + BlockRows - 1) / BlockRows;
        ofX.Check(rows, units);
        ofH.Check(rows, units);
        using Scratch lent = pool.Scratch((nuint)blocks * (nuint)BlockFloats(units) * sizeof(float));
        float* sums = (float*)lent.Pointer;
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
        fixed (
            float* x = ofX.X,
                h = ofH.X,
                xCenter = ofX.Coefficients.Center,
                hCenter = ofH.Coefficients.Center
        )
        {
            var cell = new BackwardCell(units, new Kept(gates, output, c), dnext, doutput, dx, dh, dc);
            var pass = new SumsPass(units, cell, new Centred(x, xCenter), new Centred(h, hCenter), sums);
            pool.For(blocks, new SumsWork(rows, units, pass));
        }

        Merge(sums, blocks, units, ofX.Sums, ofH.Sums);
    }

    private static void Check(int units, in NormCoefficients coefficients)
    {
        coefficients.Check(4 * units);
        MatrixArguments.CheckVector(4 * units, coefficients.Center.Length);
    }

    // A row of sums has room for whole registers.
    private static int Pitch(int units) => (units + Lanes16.Count - 1) / Lanes16.Count * Lanes16.Count;

    private static int BlockFloats(int units) => SumsPerUnit * Pitch(units);

    // In the order of blocks.
    private static void Merge(float* block, int blocks, int units, Span<double> ofX, Span<double> ofH)
    {
        ofX.Clear();
        ofH.Clear();
        fixed (
            double* x = ofX,
                h = ofH
        )
        {
            for (int i = 0; i < blocks; i++, block += BlockFloats(units))
            {
                for (int row = 0; row < SumsPerUnit; row++)
                {
                    double* sum = row < 8 ? x + (row * units) : h + ((row - 4) * units);
                    TileGradients.Add(block + (row * Pitch(units)), sum, units);
                }
            }
        }

        ofX[..(4 * units)].CopyTo(ofH);
    }

    /// <summary>An operand in front of its normalisation.</summary>
    private readonly struct NormalizedGates(float* x, float* center, float* scale, float* shift)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec At<TLanes, TVec>(nint place, nint column)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            Affine<TLanes, TVec>.Load(center, scale, shift, column).Apply(TLanes.Load(x + place));
    }

    private readonly struct NormalizedSums(NormalizedGates x, NormalizedGates h) : IGateSums
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec At<TLanes, TVec>(nint place, nint column)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => TLanes.Add(x.At<TLanes, TVec>(place, column), h.At<TLanes, TVec>(place, column));
    }

    /// <summary>An operand less its centers.</summary>
    private readonly struct Centred(float* x, float* center)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec At<TLanes, TVec>(nint place, nint column)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => TLanes.Subtract(TLanes.Load(x + place), TLanes.Load(center + column));
    }

    private readonly struct SumsWork(int rows, int units, SumsPass pass) : IChunkWork
    {
        public void Run(int chunk)
        {
            int first = chunk * BlockRows;
            SumsPass block = pass;
            ColumnPass.Run(ref block, WidestLanes.Count, first, Math.Min(BlockRows, rows - first), units);
        }
    }

    /// <summary>The gradients of a block of rows, and their sums over these rows.</summary>
    private readonly struct SumsPass(int units, BackwardCell cell, Centred x, Centred h, float* sums) : IColumnPass
    {
        public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            if (columns - column < TLanes.Count)
                return column;
            float* block = sums + ((nint)(row / BlockRows) * BlockFloats(units));
            new Span<float>(block, BlockFloats(units)).Clear();
            // The last register ends with the row and makes some units once more, so it has sums of its own.
            int last = columns - TLanes.Count,
                place = (columns - 1) / TLanes.Count * TLanes.Count;
            for (int done = 0; done < rows; done += RowsTogether)
            {
                int together = Math.Min(RowsTogether, rows - done);
                for (int unit = column; unit < last; unit += TLanes.Count)
                    One<TLanes, TVec>(row + done, together, unit, block + unit);
                One<TLanes, TVec>(row + done, together, last, block + place);
            }

            for (int i = 0; i < SumsPerUnit; i++, block += Pitch(units))
                new Span<float>(block + place, TLanes.Count).CopyTo(new Span<float>(block + last, TLanes.Count));
            return columns;
        }

        [MethodImpl(HotMethods.Loop)]
        private void One<TLanes, TVec>(int row, int rows, int unit, float* block)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            nint pitch = Pitch(units);
            var i = Sums<TLanes, TVec>.Load(block, pitch);
            var f = Sums<TLanes, TVec>.Load(block + pitch, pitch);
            var g = Sums<TLanes, TVec>.Load(block + (2 * pitch), pitch);
            var o = Sums<TLanes, TVec>.Load(block + (3 * pitch), pitch);
            for (int r = row; r < row + rows; r++)
            {
                GateGradients<TVec> d = cell.Gradients<TLanes, TVec>(r, unit);
                i = Added(i, d.I, r, unit);
                f = Added(f, d.F, r, unit + units);
                g = Added(g, d.G, r, unit + (2 * units));
                o = Added(o, d.O, r, unit + (3 * units));
            }

            i.Store(block, pitch);
            f.Store(block + pitch, pitch);
            g.Store(block + (2 * pitch), pitch);
            o.Store(block + (3 * pitch), pitch);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Sums<TLanes, TVec> Added<TLanes, TVec>(Sums<TLanes, TVec> before, TVec d, nint row, nint column)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            nint place = (4 * row * units) + column;
            return new(
                TLanes.Add(before.Gradient, d),
                TLanes.MultiplyAdd(d, x.At<TLanes, TVec>(place, column), before.TimesX),
                TLanes.MultiplyAdd(d, h.At<TLanes, TVec>(place, column), before.TimesH)
            );
        }
    }

    /// <summary>The three sums of a gate, for a register of units; four rows of sums lie between two of them.</summary>
    private readonly struct Sums<TLanes, TVec>(TVec gradient, TVec timesX, TVec timesH)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public TVec Gradient { get; } = gradient;

        public TVec TimesX { get; } = timesX;

        public TVec TimesH { get; } = timesH;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Sums<TLanes, TVec> Load(float* from, nint pitch) =>
            new(TLanes.Load(from), TLanes.Load(from + (4 * pitch)), TLanes.Load(from + (8 * pitch)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* to, nint pitch)
        {
            TLanes.Store(to, Gradient);
            TLanes.Store(to + (4 * pitch), TimesX);
            TLanes.Store(to + (8 * pitch), TimesH);
        }
    }
}
