using System.Runtime.InteropServices;
using System.Text;
using Evenkeel.Ranks;

namespace Evenkeel.Mpi;

/// <summary>An MPI library of the system, by function pointers: no other package, nothing generated at run time.</summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>Room for MPI_Status of any library.</summary>
    public const int StatusBytes = 64;

    private const string Variable = "EVENKEEL_MPI";
    private static readonly string[] OpenMpi = ["libmpi.so.40", "libmpi.40.dylib"];
    private static readonly string[] Mpich = ["libmpich.so.12", "libmpi.so.12", "libmpich.12.dylib", "libmpi.12.dylib"];
    private static readonly string[] Others =
    [
        "libmpi_abi.so.1",
        "libmpi_abi.so.0",
        "libmpi_abi.1.dylib",
        "libmpi_abi.0.dylib",
        "libmpi.so",
    ];

    private readonly nint _library;
    private readonly string _file;
    private readonly delegate* unmanaged[Cdecl]<int, byte*, int*, int> _errorString;

    private MpiLibrary(nint library, string file)
    {
        (_library, _file, Abi) = (library, file, MpiAbi.Of(library));
        _errorString = (delegate* unmanaged[Cdecl]<int, byte*, int*, int>)Function("MPI_Error_string");
        AllGather = (delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, nint*, int>)Function(
            "MPI_Iallgather"
        );
        AllReduce = (delegate* unmanaged[Cdecl]<nint, void*, int, nint, nint, nint, nint*, int>)Function(
            "MPI_Iallreduce"
        );
        Broadcast = (delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, nint*, int>)Function("MPI_Ibcast");
        Barrier = (delegate* unmanaged[Cdecl]<nint, nint*, int>)Function("MPI_Ibarrier");
        Send = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int>)Function("MPI_Isend");
        Receive = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int>)Function("MPI_Irecv");
        Probe = (delegate* unmanaged[Cdecl]<int, int, nint, int*, void*, int>)Function("MPI_Iprobe");
        Test = (delegate* unmanaged[Cdecl]<nint*, int*, void*, int>)Function("MPI_Test");
    }

    /// <summary>Held during every call: the library is used by one thread at a time.</summary>
    public object Gate { get; } = new();

    public MpiAbi Abi { get; }

    public delegate* unmanaged[Cdecl]<void*, int, nint, void*, int, nint, nint, nint*, int> AllGather { get; }
    public delegate* unmanaged[Cdecl]<nint, void*, int, nint, nint, nint, nint*, int> AllReduce { get; }
    public delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, nint*, int> Broadcast { get; }
    public delegate* unmanaged[Cdecl]<nint, nint*, int> Barrier { get; }
    public delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int> Send { get; }
    public delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int> Receive { get; }
    public delegate* unmanaged[Cdecl]<int, int, nint, int*, void*, int> Probe { get; }
    public delegate* unmanaged[Cdecl]<nint*, int*, void*, int> Test { get; }

    /// <summary>Opens the library that is named, or the first of those known; that of the launcher's family before others.</summary>
    /// <exception cref="CommunicatorException">None can be opened.</exception>
    public static MpiLibrary Open(string? named, Launcher? launcher)
    {
        named ??= Environment.GetEnvironmentVariable(Variable);
        string[] names =
            !string.IsNullOrEmpty(named) ? [named]
            : launcher is { IsMpich: true } ? [.. Mpich, .. Others, .. OpenMpi]
            : [.. OpenMpi, .. Mpich, .. Others];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
                return new MpiLibrary(library, name);
        }

        throw new CommunicatorException(
            $"no MPI library: {(names.Length == 1 ? names[0] : names[0] + " and others")} cannot be opened; install one, such as "
                + $"Debian's openmpi-bin or mpich, or name the file of yours: {Variable}=/path/to/libmpi.so.12"
        );
    }

    /// <summary>The library's own name and version, in one line.</summary>
    public string Version()
    {
        const int LongestVersion = 8192;
        byte* text = stackalloc byte[LongestVersion];
        int length = 0;
        Check(
            ((delegate* unmanaged[Cdecl]<byte*, int*, int>)Function("MPI_Get_library_version"))(text, &length),
            "MPI_Get_library_version"
        );
        // Open MPI: the build follows after a comma. MPICH: so it does after the end of the line.
        string first = Encoding.UTF8.GetString(text, length).Split(',', '\n', '\0')[0];
        return $"{string.Join(' ', first.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))} ({_file})";
    }

    /// <summary>MPI_Init_thread, with errors returned from then on.</summary>
    public void Start()
    {
        int provided = 0;
        var init = (delegate* unmanaged[Cdecl]<void*, void*, int, int*, int>)Function("MPI_Init_thread");
        Check(init(null, null, Abi.Serialized, &provided), "MPI_Init_thread");
        if (provided < Abi.Serialized)
            throw new CommunicatorException(
                $"{Version()} supports only one thread; Evenkeel needs MPI_THREAD_SERIALIZED"
            );
        var handle = (delegate* unmanaged[Cdecl]<nint, nint, int>)Function("MPI_Comm_set_errhandler");
        Check(handle(Abi.World, Abi.ErrorsReturn), "MPI_Comm_set_errhandler");
    }

    /// <summary>A number of the world: its size, or the rank of this process.</summary>
    public int Number(string function)
    {
        int number = 0;
        Check(((delegate* unmanaged[Cdecl]<nint, int*, int>)Function(function))(Abi.World, &number), function);
        return number;
    }

    /// <summary>Waits for all ranks and ends the use of the library.</summary>
    public void Finish() => Check(((delegate* unmanaged[Cdecl]<int>)Function("MPI_Finalize"))(), "MPI_Finalize");

    /// <summary>Ends all processes.</summary>
    public void Abort(int code) =>
        _ = ((delegate* unmanaged[Cdecl]<nint, int, int>)Function("MPI_Abort"))(Abi.World, code);

    /// <summary>Throws for what a function returned, unless it is success.</summary>
    public void Check(int error, string function)
    {
        if (error != 0)
            throw new CommunicatorException($"{function}: {TextOf(error)}");
    }

    private string TextOf(int error)
    {
        const int LongestText = 4096;
        byte* text = stackalloc byte[LongestText];
        int length = 0;
        return _errorString(error, text, &length) == 0
            ? Encoding.UTF8.GetString(text, length).TrimEnd('\0').ReplaceLineEndings(" ")
            : $"error {error}";
    }

    private void* Function(string name) =>
        NativeLibrary.TryGetExport(_library, name, out nint function)
            ? (void*)function
            : throw new CommunicatorException($"{_file} has no {name}: it is not an MPI library, or older than MPI 3");
}
