using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Cli.Terminal;

/// <summary>
/// The native tool computes with the vectors that it was compiled for, 256 bits. Beside it may lie one for AVX-512, which takes its place
/// where the processor has that. With a JIT the width is the runtime's choice, and right.
/// </summary>
internal static partial class WiderBuild
{
    private const string Suffix = "-avx512";

    private static bool IsWanted =>
        !RuntimeFeature.IsDynamicCodeCompiled && VectorWidth.Bits < VectorWidth.ProcessorBits;

    /// <summary>What to say of vectors narrower than the processor's; null if there are no wider ones.</summary>
    public static string? Note =>
        IsWanted
            ? $"this build uses vectors of {VectorWidth.Bits} bits, but the processor has {VectorWidth.ProcessorBits}; compile it with IlcInstructionSet=x86-64-v{(VectorWidth.ProcessorBits == 512 ? 4 : 3)} for this machine."
            : null;

    /// <summary>Turns this process into the wider build; returns where there is none, or none is wanted.</summary>
    public static void Become(string[] args)
    {
        string wider = Environment.ProcessPath + Suffix;
        if (OperatingSystem.IsLinux() && IsWanted && File.Exists(wider))
            _ = Execute(wider, [wider, .. args, null]);
    }

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Execute(string file, string?[] arguments);
}
