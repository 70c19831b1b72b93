using System.Runtime.InteropServices;

namespace Evenkeel.Kernels.Tests.Linear;

/// <summary>
/// Floats that end where an inaccessible page begins (on Linux), so that reading or writing one too many ends the process;
/// canaries in front of them show writes before the first.
/// </summary>
internal sealed unsafe partial class GuardedFloats : IDisposable
{
    private const int Canaries = 16;
    private const float Canary = 123456.75f;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _block;
    private readonly nuint _bytes;
    private readonly bool _mapped = OperatingSystem.IsLinux();

    public GuardedFloats(int length)
    {
        Length = length;
        nuint page = (nuint)Environment.SystemPageSize;
        nuint data = (nuint)(length + Canaries) * sizeof(float);
        nuint pages = (data + page - 1) / page * page;
        _bytes = pages + page;
        if (_mapped)
        {
            _block = MemoryMap(null, _bytes, ReadWrite, PrivateAnonymous, -1, 0);
            Assert.NotEqual(-1, (nint)_block);
            Assert.Equal(0, Protect(_block + pages, page, 0));
        }
        else
        {
            _block = (byte*)NativeMemory.AllocZeroed(_bytes);
        }

        Data = (float*)(_block + pages) - length;
        new Span<float>(Data - Canaries, Canaries).Fill(Canary);
    }

    public int Length { get; }

    public float* Data { get; }

    public Span<float> Span => new(Data, Length);

    /// <summary>Small whole numbers, whose products and sums are exact in float.</summary>
    public static GuardedFloats Whole(int length, int seed)
    {
        var random = new Random(seed);
        var floats = new GuardedFloats(length);
        foreach (ref float value in floats.Span)
            value = random.Next(-3, 4);
        return floats;
    }

    /// <summary>Random values in (-1, 1).</summary>
    public static GuardedFloats Uniform(int length, int seed)
    {
        var random = new Random(seed);
        var floats = new GuardedFloats(length);
        foreach (ref float value in floats.Span)
            value = (2 * random.NextSingle()) - 1;
        return floats;
    }

    public void AssertCanaries()
    {
        foreach (float value in new ReadOnlySpan<float>(Data - Canaries, Canaries))
            Assert.Equal(Canary, value);
    }

    public void Dispose()
    {
        if (_mapped)
            _ = Unmap(_block, _bytes);
        else
            NativeMemory.Free(_block);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* MemoryMap(
        void* address,
        nuint length,
        int protection,
        int flags,
        int file,
        nint offset
    );

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
