using System.Runtime.InteropServices;

namespace Evenkeel.Bench;

/// <summary>The rival for matrix products: the system's OpenBLAS (Debian: libopenblas0-pthread).</summary>
internal static unsafe partial class OpenBlas
{
    private const string Library = "libopenblas.so.0";
    private const int RowMajor = 101;

    /// <summary>Whether the library is installed.</summary>
    public static bool IsAvailable => NativeLibrary.TryLoad(Library, out _);

    /// <summary>The instruction set it has chosen, for example <c>SkylakeX</c>.</summary>
    public static string Core => Marshal.PtrToStringAnsi(GetCoreName()) ?? "unknown";

    /// <summary>Threads of the calls that follow.</summary>
    public static void SetThreads(int threads) => SetNumThreads(threads);

    /// <summary>c = op(a) op(b), with op(a) of m x k, op(b) of k x n and no gaps between rows.</summary>
    public static void Multiply(bool transposeA, bool transposeB, int m, int n, int k, float* a, float* b, float* c)
    {
        int lda = transposeA ? m : k;
        int ldb = transposeB ? k : n;
        Sgemm(RowMajor, Order(transposeA), Order(transposeB), m, n, k, 1f, a, lda, b, ldb, 0f, c, n);
    }

    private static int Order(bool transposed) => transposed ? 112 : 111;

    [LibraryImport(Library, EntryPoint = "cblas_sgemm")]
    private static partial void Sgemm(
        int order,
        int transposeA,
        int transposeB,
        int m,
        int n,
        int k,
        float alpha,
        float* a,
        int lda,
        float* b,
        int ldb,
        float beta,
        float* c,
        int ldc
    );

    [LibraryImport(Library, EntryPoint = "openblas_set_num_threads")]
    private static partial void SetNumThreads(int threads);

    [LibraryImport(Library, EntryPoint = "openblas_get_corename")]
    private static partial nint GetCoreName();
}
