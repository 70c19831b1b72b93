namespace Evenkeel.Data.Images;

/// <summary>
/// Reusable objects for any number of threads; renting and returning allocate nothing once there are enough. What is
/// returned beyond the capacity is dropped.
/// </summary>
internal sealed class ObjectPool<T>(Func<T> make)
    where T : class
{
    private readonly T?[] _free = new T?[128];

    /// <summary>An object that no other caller uses.</summary>
    public T Rent()
    {
        foreach (ref T? place in _free.AsSpan())
        {
            if (place is not null && Interlocked.Exchange(ref place, null) is { } free)
                return free;
        }

        return make();
    }

    /// <summary>Gives it back.</summary>
    public void Return(T thing)
    {
        foreach (ref T? place in _free.AsSpan())
        {
            if (place is null && Interlocked.CompareExchange(ref place, thing, null) is null)
                return;
        }
    }
}
