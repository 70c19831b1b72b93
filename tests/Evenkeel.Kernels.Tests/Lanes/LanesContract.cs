using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Tests.Lanes;

/// <summary>What every width must do: each lane what one float does, to the bit.</summary>
public abstract unsafe class LanesContract<TLanes, TVec>
    where TLanes : struct, ILanes<TVec>
    where TVec : unmanaged
{
    private const int Samples = 512;

    private static readonly float[] A = Pairs(first: true);
    private static readonly float[] B = Pairs(first: false);
    private static readonly float[] C = FloatValues.Mixed(A.Length, 3);

    [Fact]
    public void Count_is_the_size_of_the_register() => Assert.Equal(sizeof(TVec) / sizeof(float), TLanes.Count);

    [Fact]
    public void Adds() => Check(TLanes.Add, (a, b) => a + b);

    [Fact]
    public void Subtracts() => Check(TLanes.Subtract, (a, b) => a - b);

    [Fact]
    public void Multiplies() => Check(TLanes.Multiply, (a, b) => a * b);

    [Fact]
    public void Divides() => Check(TLanes.Divide, (a, b) => a / b);

    [Fact]
    public void Takes_the_larger_or_NaN() => Check(TLanes.Max, MathF.Max);

    [Fact]
    public void Takes_the_smaller_or_NaN() => Check(TLanes.Min, MathF.Min);

    [Fact]
    public void Takes_the_first_where_it_is_larger() => Check(TLanes.SelectLarger, (a, b) => a > b ? a : b);

    [Fact]
    public void Copies_signs() => Check(TLanes.CopySign, MathF.CopySign);

    [Fact]
    public void Takes_roots() => Check((a, _) => TLanes.SquareRoot(a), (a, _) => MathF.Sqrt(a));

    [Fact]
    public void Drops_signs() => Check((a, _) => TLanes.Abs(a), (a, _) => MathF.Abs(a));

    // As every other width does; to the bit what one lane of a register gives.
    [Fact]
    public void Takes_logarithms() => Check((a, _) => TLanes.Log(a), (a, _) => Lanes1.Log(a));

    [Fact]
    public void Raises_magnitudes() => Check(TLanes.PowerOfMagnitude, Lanes1.PowerOfMagnitude);

    [Fact]
    public void Rounds_ties_to_even() =>
        Check((a, _) => TLanes.Round(a), (a, _) => MathF.Round(a, MidpointRounding.ToEven));

    [Fact]
    public void Permutes()
    {
        float[] order =
        [
            .. Enumerable.Range(0, TLanes.Count).Select(i => BitConverter.Int32BitsToSingle(i * 5 % TLanes.Count)),
        ];
        for (int i = 0; i < A.Length; i += TLanes.Count)
        {
            int first = i;
            AssertLanes(
                i,
                TLanes.Permute(Load(A, i), Load(order, 0)),
                j => A[first + ((j - first) * 5 % TLanes.Count)]
            );
        }
    }

    [Fact]
    public void Multiplies_and_adds_with_one_rounding()
    {
        for (int i = 0; i < A.Length; i += TLanes.Count)
        {
            TVec result = TLanes.FusedMultiplyAdd(Load(A, i), Load(B, i), Load(C, i));
            AssertLanes(i, result, j => MathF.FusedMultiplyAdd(A[j], B[j], C[j]));
        }

        // (1 + e)^2 - (1 + 2e) is e^2 with one rounding and 0 with two.
        float e = MathF.ScaleB(1f, -23);
        TVec one = TLanes.Splat(1f + e);
        AssertLanes(0, TLanes.FusedMultiplyAdd(one, one, TLanes.Splat(-1f - (2f * e))), _ => e * e);
    }

    // As every other width does on this machine, so that widths agree.
    [Fact]
    public void Multiplies_and_adds_as_the_machine_does()
    {
        for (int i = 0; i < A.Length; i += TLanes.Count)
        {
            TVec result = TLanes.MultiplyAdd(Load(A, i), Load(B, i), Load(C, i));
            AssertLanes(i, result, j => float.MultiplyAddEstimate(A[j], B[j], C[j]));
        }
    }

    [Fact]
    public void Multiplies_and_adds_in_the_lower_half_as_in_the_whole()
    {
        float* lanes = stackalloc float[TLanes.Count];
        for (int i = 0; i < A.Length; i += TLanes.Count)
        {
            TLanes.Store(lanes, TLanes.MultiplyAddLower(Load(A, i), Load(B, i), Load(C, i)));
            for (int j = 0; 2 * j < TLanes.Count; j++)
                FloatValues.AssertSame(
                    float.MultiplyAddEstimate(A[i + j], B[i + j], C[i + j]),
                    lanes[j],
                    $"element {i + j}"
                );
        }
    }

    [Fact]
    public void Selects_where_greater_and_not_for_NaN()
    {
        for (int i = 0; i < A.Length; i += TLanes.Count)
        {
            TVec result = TLanes.SelectGreater(Load(A, i), Load(B, i), Load(C, i), TLanes.Splat(7f));
            AssertLanes(i, result, j => A[j] > B[j] ? C[j] : 7f);
        }
    }

    [Fact]
    public void Scales_by_powers_of_two()
    {
        for (int n = -126; n <= 127; n++)
        {
            float power = MathF.ScaleB(1f, n);
            for (int i = 0; i < Samples; i += TLanes.Count)
                AssertLanes(i, TLanes.ScaleByPowerOfTwo(Load(C, i), TLanes.Splat(n)), j => C[j] * power);
        }
    }

    // Down to where the result is subnormal or 0, and up to infinity, with the rounding of a single operation.
    [Fact]
    public void Scales_far_and_rounds_once()
    {
        for (int n = -252; n <= 254; n++)
        {
            double power = Math.ScaleB(1, n);
            for (int i = 0; i < Samples; i += TLanes.Count)
                AssertLanes(i, TLanes.ScaleFar(NearOne(i), TLanes.Splat(n)), j => (float)((1 + (j * 0.01f)) * power));
        }

        static TVec NearOne(int first)
        {
            float[] values = new float[TLanes.Count];
            for (int i = 0; i < values.Length; i++)
                values[i] = 1 + ((first + i) * 0.01f);
            return Load(values, 0);
        }
    }

    [Fact]
    public void Zero_and_splat_fill_every_lane()
    {
        AssertLanes(0, TLanes.Zero, _ => 0f);
        foreach (float value in FloatValues.Special)
            AssertLanes(0, TLanes.Splat(value), _ => value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Loads_and_stores_one_register_at_any_address(int shift)
    {
        using var source = new GuardedFloats(C.AsSpan(0, TLanes.Count), shift);
        using var destination = new GuardedFloats(TLanes.Count, shift);
        TLanes.Store(destination.Pointer, TLanes.Load(source.Pointer));
        FloatValues.AssertSame(source.Span, destination.Span, "store");
        destination.AssertIntact();
    }

    [Fact]
    public void Stores_past_the_caches()
    {
        using var destination = new GuardedFloats(TLanes.Count);
        TLanes.StoreStreaming(destination.Pointer, Load(C, 0));
        FloatValues.AssertSame(C.AsSpan(0, TLanes.Count), destination.Span, "streaming store");
        destination.AssertIntact();
    }

    [Fact]
    public void Sums_lanes()
    {
        float[] values = FloatValues.Uniform(TLanes.Count * 20, 1f, 5);
        for (int i = 0; i < values.Length; i += TLanes.Count)
        {
            double expected = 0;
            for (int j = i; j < i + TLanes.Count; j++)
                expected += values[j];

            // At most 15 additions of partial sums below 16, each rounded to half an ulp of 16.
            Assert.Equal(expected, TLanes.Sum(Load(values, i)), 15 * 1e-6);
            FloatValues.AssertSame(TLanes.Sum(Load(values, i)), TLanes.Sum(Load(values, i)), "sum");
        }
    }

    [Fact]
    public void Adds_lanes_and_their_squares_to_doubles()
    {
        double* sums = stackalloc double[TLanes.Count];
        double* squares = stackalloc double[TLanes.Count];
        for (int i = 0; i < A.Length; i += TLanes.Count)
        {
            new Span<double>(sums, TLanes.Count).Fill(0.1);
            new Span<double>(squares, TLanes.Count).Fill(0.1);
            TLanes.AddTo(sums, Load(A, i));
            TLanes.AddSquaresTo(squares, Load(A, i));
            for (int j = 0; j < TLanes.Count; j++)
            {
                Assert.Equal(0.1 + A[i + j], sums[j]);
                Assert.Equal(0.1 + ((double)A[i + j] * A[i + j]), squares[j]);
            }
        }
    }

    private static void Check(Func<TVec, TVec, TVec> lanes, Func<float, float, float> scalar)
    {
        for (int i = 0; i < A.Length; i += TLanes.Count)
            AssertLanes(i, lanes(Load(A, i), Load(B, i)), j => scalar(A[j], B[j]));
    }

    private static void AssertLanes(int start, TVec actual, Func<int, float> expected)
    {
        float* lanes = (float*)&actual;
        for (int j = 0; j < TLanes.Count; j++)
            FloatValues.AssertSame(expected(start + j), lanes[j], $"element {start + j}");
    }

    private static TVec Load(float[] values, int start)
    {
        fixed (float* p = &values[start])
            return TLanes.Load(p);
    }

    // Every special value with every other, then random pairs, to a multiple of every width.
    private static float[] Pairs(bool first)
    {
        float[] special = FloatValues.Special;
        int pairs = special.Length * special.Length;
        float[] values = FloatValues.Mixed((pairs / 16 * 16) + 16 + Samples, first ? 1 : 2);
        for (int i = 0; i < pairs; i++)
            values[i] = special[first ? i / special.Length : i % special.Length];
        return values;
    }
}
