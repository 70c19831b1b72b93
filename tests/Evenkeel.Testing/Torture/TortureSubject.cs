namespace Evenkeel.Testing.Torture;

/// <summary>An object that threads call at random, and what it stands on.</summary>
internal abstract class TortureSubject : IDisposable
{
    /// <summary>What it is.</summary>
    public abstract string Name { get; }

    /// <summary>Calls, by name; the more often one stands there, the more often it is made.</summary>
    public abstract IReadOnlyList<(string Name, Action<Random> Run)> Calls { get; }

    /// <summary>Disposes of the object and of what it stands on.</summary>
    public abstract void Dispose();
}
