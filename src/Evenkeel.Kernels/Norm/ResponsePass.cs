using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>The rows of a local response normalisation, or of its gradient where there is one to receive it.</summary>
internal readonly unsafe struct ResponsePass(
    WorkerPool pool,
    ResponseBlocks blocks,
    ResponseWindow window,
    ResponseMatrices matrices
) : ILanesAction
{
    private readonly WorkerPool _pool = pool;

    /// <inheritdoc/>
    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint buffer = ResponseRow<TLanes, TVec>.Floats(blocks.Channels, window);
        using Scratch lent = _pool.Scratch((nuint)blocks.Count * (nuint)buffer * sizeof(float));
        float* memory = (float*)lent.Pointer;
        var work = new Blocks<TLanes, TVec>(blocks, window, matrices, memory, buffer);
        _pool.For(blocks.Count, ref work);
    }

    private readonly struct Blocks<TLanes, TVec>(
        ResponseBlocks blocks,
        ResponseWindow window,
        ResponseMatrices matrices,
        float* memory,
        nint buffer
    ) : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            var row = new ResponseRow<TLanes, TVec>(blocks.Channels, window, memory + (chunk * buffer));
            for (int r = blocks.First(chunk); r < blocks.First(chunk + 1); r++)
            {
                nint at = (nint)r * blocks.Channels;
                if (matrices.Dx is null)
                    row.Forward(matrices.X + at, matrices.Y + at);
                else
                    row.Backward(matrices.X + at, matrices.Y + at, matrices.Dy + at, matrices.Dx + at);
            }
        }
    }
}

/// <summary>What a local response normalisation reads and writes; dx is null in the forward pass.</summary>
internal readonly unsafe struct ResponseMatrices(float* x, float* y, float* dy, float* dx)
{
    public float* X { get; } = x;
    public float* Y { get; } = y;
    public float* Dy { get; } = dy;
    public float* Dx { get; } = dx;
}

/// <summary>How rows are cut into at most 64 blocks, by shape alone.</summary>
internal readonly struct ResponseBlocks(int rows, int channels)
{
    private const int MostBlocks = 64;
    private const int SmallestBlock = 8 * 1024;

    public int Channels => channels;

    /// <summary>Number of blocks.</summary>
    public int Count => (int)Math.Min(Math.Min(MostBlocks, rows), (((long)rows * channels) / SmallestBlock) + 1);

    /// <summary>First row of a block.</summary>
    public int First(int block) => (int)((long)rows * block / Count);
}

/// <summary>
/// One row at a time. What a window sums lies in a buffer with zeros on either side, so that a window is read as shifted
/// registers; x and y are read and written up to the row's end only.
/// </summary>
internal readonly unsafe ref struct ResponseRow<TLanes, TVec>
    where TLanes : struct, ILanes<TVec>
    where TVec : unmanaged
{
    private const float FastBeta = 0.75f;

    private readonly int _channels;
    private readonly ResponseWindow _window;
    private readonly float* _terms;
    private readonly float* _sums;
    private readonly float* _powers;

    /// <summary>A row with its buffers in <paramref name="memory"/>, which holds <see cref="Floats"/> floats.</summary>
    public ResponseRow(int channels, in ResponseWindow window, float* memory)
    {
        _channels = channels;
        _window = window;
        _terms = memory;
        new Span<float>(memory, Whole(channels) + (2 * window.Size)).Clear();
        _sums = memory + Whole(channels) + (2 * window.Size);
        _powers = _sums + Whole(channels);
    }

    /// <summary>What the buffers take.</summary>
    public static nint Floats(int channels, in ResponseWindow window) =>
        (3 * (nint)Whole(channels)) + (2 * (nint)window.Size);

    /// <summary>y = x * s^-beta.</summary>
    public void Forward(float* x, float* y)
    {
        Powers(x);
        for (int c = 0; c < _channels; c += TLanes.Count)
            Write(y, c, TLanes.Multiply(Read(x, c), TLanes.Load(_powers + c)));
    }

    /// <summary>dx = dy * s^-beta + factor * x * sum of dy * y / s.</summary>
    public void Backward(float* x, float* y, float* dy, float* dx)
    {
        Powers(x);
        float* center = _terms + _window.Size;
        for (int c = 0; c < _channels; c += TLanes.Count)
        {
            TVec term = TLanes.Divide(TLanes.Multiply(Read(dy, c), Read(y, c)), TLanes.Load(_sums + c));
            TLanes.Store(center + c, term);
        }

        // The channels whose windows hold this one lie the other way round.
        TVec factor = TLanes.Splat(_window.GradientFactor);
        for (int c = 0; c < _channels; c += TLanes.Count)
        {
            TVec own = TLanes.Multiply(Read(dy, c), TLanes.Load(_powers + c));
            TVec others = TLanes.Multiply(WindowSum(center + c - _window.After), factor);
            Write(dx, c, TLanes.MultiplyAdd(Read(x, c), others, own));
        }
    }

    // s and s^-beta of every channel.
    private void Powers(float* x)
    {
        float* center = _terms + _window.Size;
        for (int c = 0; c < _channels; c += TLanes.Count)
        {
            TVec v = Read(x, c);
            TLanes.Store(center + c, TLanes.Multiply(v, v));
        }

        TVec perChannel = TLanes.Splat(_window.PerChannel);
        TVec k = TLanes.Splat(_window.K);
        for (int c = 0; c < _channels; c += TLanes.Count)
        {
            TVec sum = TLanes.MultiplyAdd(WindowSum(center + c - _window.Before), perChannel, k);
            TLanes.Store(_sums + c, sum);
            if (_window.Beta == FastBeta)
                TLanes.Store(_powers + c, ThreeQuarters(sum));
        }

        if (_window.Beta == FastBeta)
            return;
        for (int c = 0; c < _channels; c++)
            _powers[c] = MathF.Pow(_sums[c], -_window.Beta);
    }

    // 1 / s^(1/2 + 1/4).
    private static TVec ThreeQuarters(TVec s)
    {
        TVec root = TLanes.SquareRoot(s);
        return TLanes.Divide(TLanes.Splat(1f), TLanes.Multiply(root, TLanes.SquareRoot(root)));
    }

    private TVec WindowSum(float* first)
    {
        TVec sum = TLanes.Load(first);
        for (int i = 1; i < _window.Size; i++)
            sum = TLanes.Add(sum, TLanes.Load(first + i));
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Read(float* row, int c) =>
        c + TLanes.Count <= _channels ? TLanes.Load(row + c) : TLanes.LoadPartial(row + c, _channels - c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(float* row, int c, TVec value)
    {
        if (c + TLanes.Count <= _channels)
            TLanes.Store(row + c, value);
        else
            TLanes.StorePartial(row + c, value, _channels - c);
    }

    private static int Whole(int channels) => (channels + TLanes.Count - 1) / TLanes.Count * TLanes.Count;
}
