namespace Evenkeel.Runs;

/// <summary>
/// The program that a run works for. The run tells it what it does; a program overrides what it wants to hear. What is not overridden is told
/// nobody.
/// </summary>
/// <remarks>All is called on the thread that trains, between two steps: what is slow in it slows the run.</remarks>
public class RunHost
{
    /// <summary>A host that hears nothing.</summary>
    public static RunHost Silent { get; } = new();

    /// <summary>The command line that began or resumed the run, for its record; that of the process unless overridden.</summary>
    public virtual string Command => Environment.CommandLine;

    /// <summary>The command line that trains the same once more, for the report; empty where there is none.</summary>
    /// <param name="record">The record of the run, its <c>run.json</c>.</param>
    public virtual string CommandToRepeat(string record) => "";

    /// <summary>Something that the user should know: what was assumed, left out, deleted meanwhile or could not be written.</summary>
    /// <param name="text">One line.</param>
    public virtual void Note(string text) { }

    /// <summary>Work begins that may take long, such as a download.</summary>
    /// <param name="work">One line.</param>
    public virtual void Announce(string work) { }

    /// <summary>A step was taken.</summary>
    /// <param name="progress">Where the run is.</param>
    public virtual void Report(in RunProgress progress) { }

    /// <summary>Surrounds all steps of the run, so that something may be shown while they are taken.</summary>
    /// <param name="done">Steps done before.</param>
    /// <param name="total">Steps of the whole run.</param>
    /// <param name="steps">Takes the steps; it must be called once.</param>
    public virtual void Follow(long done, long total, Action steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        steps();
    }
}
