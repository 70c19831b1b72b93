using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Recurrent;

/// <summary>What a GRU cell reads and writes forward, all row by row: the gates' rows hold r, z and n one after the other.</summary>
public readonly ref struct GruValues
{
    /// <summary>[rows, 3 units]: what the input gives the gates.</summary>
    public required ReadOnlySpan<float> X { get; init; }

    /// <summary>[rows, 3 units]: what the hidden state gives them.</summary>
    public required ReadOnlySpan<float> U { get; init; }

    /// <summary>[rows, units]: the hidden state before.</summary>
    public required ReadOnlySpan<float> H { get; init; }

    /// <summary>Receives [rows, units]: the hidden state.</summary>
    public required Span<float> Next { get; init; }

    /// <summary>Receives [rows, 3 units]: r, z and n, for the backward pass.</summary>
    public required Span<float> Gates { get; init; }
}

/// <summary>What a GRU cell reads and writes backward.</summary>
public readonly ref struct GruGradients
{
    /// <summary>[rows, 3 units]: r, z and n of the forward pass.</summary>
    public required ReadOnlySpan<float> Gates { get; init; }

    /// <summary>[rows, 3 units]: what the hidden state gave the gates.</summary>
    public required ReadOnlySpan<float> U { get; init; }

    /// <summary>[rows, units]: the hidden state before.</summary>
    public required ReadOnlySpan<float> H { get; init; }

    /// <summary>[rows, units]: gradient of the hidden state.</summary>
    public required ReadOnlySpan<float> DNext { get; init; }

    /// <summary>Receives [rows, 3 units]: gradient of what the input gave the gates.</summary>
    public required Span<float> DX { get; init; }

    /// <summary>Receives [rows, 3 units]: gradient of what the hidden state gave them.</summary>
    public required Span<float> DU { get; init; }

    /// <summary>Receives [rows, units]: gradient of the hidden state before, past the gates.</summary>
    public required Span<float> DH { get; init; }
}

/// <summary>
/// A gated recurrent unit (Cho et al. 2014, with the reset gate behind the product): h' = (1 - z) n + z h with r, z = sigmoid(x + u) and
/// n = tanh(x + r u).
/// </summary>
public static unsafe class GruCell
{
    /// <summary>The hidden state.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="units">Values of a hidden state, 1 or more.</param>
    /// <param name="v">Operands and results, apart from each other.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Forward(WorkerPool pool, int units, in GruValues v)
    {
        int rows = CellRows.Count(units, v.H.Length);
        CellRows.Require(3 * v.H.Length, v.X.Length, "x");
        CellRows.Require(3 * v.H.Length, v.U.Length, "u");
        CellRows.Require(v.H.Length, v.Next.Length, "next");
        CellRows.Require(3 * v.H.Length, v.Gates.Length, "gates");
        fixed (
            float* x = v.X,
                u = v.U,
                h = v.H,
                next = v.Next,
                gates = v.Gates
        )
            CellRows.Run(pool, rows, units, new ForwardCell(units, x, u, h, next, gates));
    }

    /// <summary>The gradients of what the gates were given, and of the hidden state before; 0 for one below 2^-100.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="units">Values of a hidden state, 1 or more.</param>
    /// <param name="v">Operands and results, apart from each other.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Backward(WorkerPool pool, int units, in GruGradients v)
    {
        int rows = CellRows.Count(units, v.H.Length);
        CellRows.Require(3 * v.H.Length, v.Gates.Length, "gates");
        CellRows.Require(3 * v.H.Length, v.U.Length, "u");
        CellRows.Require(v.H.Length, v.DNext.Length, "dnext");
        CellRows.Require(3 * v.H.Length, v.DX.Length, "dx");
        CellRows.Require(3 * v.H.Length, v.DU.Length, "du");
        CellRows.Require(v.H.Length, v.DH.Length, "dh");
        fixed (
            float* gates = v.Gates,
                u = v.U,
                h = v.H,
                dnext = v.DNext
        )
        fixed (
            float* dx = v.DX,
                du = v.DU,
                dh = v.DH
        )
            CellRows.Run(pool, rows, units, new BackwardCell(units, gates, u, h, dnext, dx, du, dh));
    }

    private readonly struct ForwardCell(int units, float* x, float* u, float* h, float* next, float* gates) : ICell
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint row, nint unit)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            nint place = (row * units) + unit,
                first = (3 * row * units) + unit,
                last = first + (2 * units);
            TVec r = Gate<TLanes, TVec>(first),
                z = Gate<TLanes, TVec>(first + units);
            TVec n = TLanes.MultiplyAdd(r, TLanes.Load(u + last), TLanes.Load(x + last));
            n = CellRows.Tanh<TLanes, TVec>(n);
            // n + z (h - n): one product in place of two.
            TLanes.Store(next + place, TLanes.MultiplyAdd(z, TLanes.Subtract(TLanes.Load(h + place), n), n));
            TLanes.Store(gates + first, r);
            TLanes.Store(gates + first + units, z);
            TLanes.Store(gates + last, n);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVec Gate<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            CellRows.Sigmoid<TLanes, TVec>(TLanes.Add(TLanes.Load(x + index), TLanes.Load(u + index)));
    }

    private readonly struct BackwardCell(
        int units,
        float* gates,
        float* u,
        float* h,
        float* dnext,
        float* dx,
        float* du,
        float* dh
    ) : ICell
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint row, nint unit)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            nint place = (row * units) + unit,
                first = (3 * row * units) + unit,
                last = first + (2 * units);
            TVec r = TLanes.Load(gates + first),
                z = TLanes.Load(gates + first + units),
                n = TLanes.Load(gates + last),
                d = TLanes.Load(dnext + place);
            TVec dz = TLanes.Multiply(d, z);
            TLanes.Store(dh + place, VanishingGradient.OrZero<TLanes, TVec>(dz));
            TVec dn = CellRows.ThroughTanh<TLanes, TVec>(n, TLanes.Subtract(d, dz));
            TLanes.Store(dx + last, dn);
            TLanes.Store(du + last, VanishingGradient.OrZero<TLanes, TVec>(TLanes.Multiply(dn, r)));
            TVec dr = TLanes.Multiply(dn, TLanes.Load(u + last));
            Put<TLanes, TVec>(first, CellRows.ThroughSigmoid<TLanes, TVec>(r, dr));
            TVec kept = TLanes.Multiply(d, TLanes.Subtract(TLanes.Load(h + place), n));
            Put<TLanes, TVec>(first + units, CellRows.ThroughSigmoid<TLanes, TVec>(z, kept));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Put<TLanes, TVec>(nint index, TVec gradient)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TLanes.Store(dx + index, gradient);
            TLanes.Store(du + index, gradient);
        }
    }
}
