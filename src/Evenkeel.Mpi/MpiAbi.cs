using System.Runtime.InteropServices;

namespace Evenkeel.Mpi;

/// <summary>The constants by which families of MPI libraries differ. A handle is a word: an address or a number of 32 bits.</summary>
internal sealed unsafe record MpiAbi(string Name)
{
    public nint World { get; private init; }
    public nint Float { get; private init; }
    public nint Byte { get; private init; }
    public nint Sum { get; private init; }
    public nint ErrorsReturn { get; private init; }

    /// <summary>MPI_THREAD_SERIALIZED: any thread calls, one at a time.</summary>
    public int Serialized { get; private init; } = 2;

    /// <summary>Instead of an address: what is sent lies where it arrives.</summary>
    public nint InPlace { get; private init; }

    /// <summary>MPI 5.0, chapter on the ABI: numbers in the place of pointers.</summary>
    private static readonly MpiAbi Standard = new("MPI-5 ABI")
    {
        World = 0x101,
        Float = 0x210,
        Byte = 0x247,
        Sum = 0x21,
        ErrorsReturn = 0x143,
        Serialized = 2048,
        InPlace = 1,
    };

    /// <summary>The common ABI of MPICH 3 and later, Intel MPI, Cray MPICH and MVAPICH.</summary>
    private static readonly MpiAbi Mpich = new("MPICH")
    {
        World = 0x44000000,
        Float = 0x4c00040a,
        Byte = 0x4c00010d,
        Sum = 0x58000003,
        ErrorsReturn = 0x54000001,
        InPlace = -1,
    };

    /// <summary>The ABI of an open library.</summary>
    /// <param name="library">Its handle.</param>
    public static MpiAbi Of(nint library)
    {
        // Asked first: a library of the standard ABI may depend on one that exports what others do.
        if (VersionOf(library) > 0)
            return Standard;
        return NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out nint world)
            ? new MpiAbi("Open MPI")
            {
                World = world,
                Float = Symbol("ompi_mpi_float"),
                Byte = Symbol("ompi_mpi_byte"),
                Sum = Symbol("ompi_mpi_op_sum"),
                ErrorsReturn = Symbol("ompi_mpi_errors_return"),
                InPlace = 1,
            }
            : Mpich;

        nint Symbol(string name) => NativeLibrary.GetExport(library, name);
    }

    // The version of the standard ABI, by a function that MPI 5 lets anybody call before the start; -1 says that the library has another.
    private static int VersionOf(nint library)
    {
        int major = -1;
        int minor = 0;
        return
            NativeLibrary.TryGetExport(library, "MPI_Abi_get_version", out nint function)
            && ((delegate* unmanaged[Cdecl]<int*, int*, int>)function)(&major, &minor) == 0
            ? major
            : -1;
    }
}
