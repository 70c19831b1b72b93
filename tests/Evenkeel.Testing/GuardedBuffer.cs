using System.Runtime.InteropServices;

namespace Evenkeel.Testing;

/// <summary>
/// Native memory that catches writes (and, on Linux, reads) outside: on Linux its end touches a page that may not be
/// accessed, elsewhere it is followed by known bytes; it is preceded by known bytes everywhere.
/// </summary>
public sealed unsafe class GuardedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int CanaryBytes = 256;
    private const byte Canary = 0xA5;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _block;
    private readonly nuint _blockBytes;
    private readonly byte* _start;
    private readonly bool _hasGuardPage = OperatingSystem.IsLinux();

    /// <summary>Allocates <paramref name="length"/> cleared values.</summary>
    public GuardedBuffer(int length)
    {
        Length = length;
        nuint bytes = (nuint)length * (nuint)sizeof(T);
        if (_hasGuardPage)
        {
            nuint page = (nuint)Environment.SystemPageSize;
            nuint usable = (bytes + CanaryBytes + page - 1) / page * page;
            _blockBytes = usable + page;
            _block = (byte*)GuardedBufferNative.Map(0, _blockBytes, ReadWrite, PrivateAnonymous, -1, 0);
            if ((nint)_block == -1 || GuardedBufferNative.Protect((nint)(_block + usable), page, 0) != 0)
                throw new InvalidOperationException("The operating system refuses a guard page.");
            _start = _block + usable - bytes;
        }
        else
        {
            _blockBytes = bytes + (2 * CanaryBytes);
            _block = (byte*)NativeMemory.AllocZeroed(_blockBytes);
            _start = _block + CanaryBytes;
            new Span<byte>(_start + bytes, CanaryBytes).Fill(Canary);
        }

        new Span<byte>(_start - CanaryBytes, CanaryBytes).Fill(Canary);
    }

    /// <summary>Allocates a copy of <paramref name="values"/>.</summary>
    public GuardedBuffer(ReadOnlySpan<T> values)
        : this(values.Length) => values.CopyTo(Span);

    /// <summary>Number of values.</summary>
    public int Length { get; }

    /// <summary>The values.</summary>
    public Span<T> Span => new(_start, Length);

    /// <summary>Throws if something was written just outside.</summary>
    public void Verify()
    {
        bool intact = !new ReadOnlySpan<byte>(_start - CanaryBytes, CanaryBytes).ContainsAnyExcept(Canary);
        if (!_hasGuardPage)
        {
            byte* end = _start + ((nuint)Length * (nuint)sizeof(T));
            intact &= !new ReadOnlySpan<byte>(end, CanaryBytes).ContainsAnyExcept(Canary);
        }

        if (!intact)
            throw new InvalidOperationException($"Something wrote outside a buffer of {Length} {typeof(T).Name}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_hasGuardPage)
            _ = GuardedBufferNative.Unmap((nint)_block, _blockBytes);
        else
            NativeMemory.Free(_block);
    }
}

/// <summary>The system calls; a generic type cannot declare them.</summary>
internal static partial class GuardedBufferNative
{
    [LibraryImport("libc", EntryPoint = "mmap")]
    internal static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    internal static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    internal static partial int Unmap(nint address, nuint length);
}
