namespace Evenkeel.Ranks;

/// <summary>A thread that is one of several ranks of this process, with the device that it alone uses.</summary>
internal sealed class RankThread : IDisposable
{
    [ThreadStatic]
    private static RankThread? s_current;

    private IDisposable? _device;

    /// <summary>Makes the calling thread a rank until it is disposed of there.</summary>
    /// <param name="ranks">Ranks of this process, which share its processors.</param>
    public RankThread(int ranks)
    {
        Ranks = ranks;
        s_current = this;
    }

    /// <summary>That of the calling thread; null where it is no rank.</summary>
    public static RankThread? Current => s_current;

    /// <summary>Ranks of this process.</summary>
    public int Ranks { get; }

    /// <summary>The rank's device, made when it is first asked for.</summary>
    /// <param name="make">Makes it for one of as many ranks.</param>
    public T Own<T>(Func<int, T> make)
        where T : class, IDisposable => (T)(_device ??= make(Ranks));

    /// <summary>Whether the rank's device is this one.</summary>
    public bool Owns(IDisposable device) => ReferenceEquals(_device, device);

    /// <summary>Ends the rank and its device.</summary>
    public void Dispose()
    {
        s_current = null;
        _device?.Dispose();
    }
}
