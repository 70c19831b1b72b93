using System.Diagnostics;

namespace Evenkeel.Testing.Fuzzing;

/// <summary>Feeds damaged files to a reader.</summary>
public sealed class FuzzRun
{
    private const int HangFactor = 10;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly FuzzTarget _target;
    private readonly FuzzBounds _bounds;
    private readonly FuzzResult _result = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("evenkeel-fuzz-").FullName;
    private FuzzCase? _present;
    private long _begin;

    private FuzzRun(FuzzTarget target, FuzzBounds bounds) => (_target, _bounds) = (target, bounds);

    /// <summary>
    /// Reads damaged files, on a thread of its own, so that one which is never done with is a fault like others. The run ends with it.
    /// </summary>
    public static FuzzResult Run(FuzzTarget target, IEnumerable<FuzzCase> cases, FuzzBounds bounds)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(bounds);
        var run = new FuzzRun(target, bounds);
        var thread = new Thread(() => run.ReadAll(cases)) { IsBackground = true };
        thread.Start();
        while (!thread.Join(Look))
        {
            if (run.IsHanging() is not { } hanging)
                continue;
            run.Fault(hanging, new("hang", $"it goes on for more than {HangFactor * bounds.MostSeconds:F0} seconds"));
            return run._result;
        }

        Directory.Delete(run._folder, recursive: true);
        return run._result;
    }

    /// <summary>
    /// The first files of a series, for tests: what the process takes is not measured, since other tests run in it, and only what goes on for
    /// minutes is too slow.
    /// </summary>
    public static FuzzResult Short(FuzzTarget target, FuzzDamage damage, int count)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Run(
            target with
            {
                IsNative = false,
            },
            Enumerable.Range(0, count).Select(i => new FuzzCase(target, damage, 1, i)),
            new FuzzBounds { MostSeconds = 20 }
        );
    }

    private void ReadAll(IEnumerable<FuzzCase> cases)
    {
        foreach ((string name, byte[] content) in _target.Beside)
            File.WriteAllBytes(Path.Combine(_folder, name), content);
        string path = Path.Combine(_folder, "damaged");
        foreach (FuzzCase one in cases)
        {
            File.WriteAllBytes(path, one.Content());
            Volatile.Write(ref _begin, Stopwatch.GetTimestamp());
            Volatile.Write(ref _present, one);
            FuzzOutcome outcome = FuzzOutcome.Of(_target, path);
            Volatile.Write(ref _present, null);
            _result.Add(outcome);
            if (outcome.Fault(_target, _bounds) is { } fault)
                Fault(one, fault);
        }
    }

    private FuzzCase? IsHanging() =>
        Volatile.Read(ref _present) is { } present
        && Stopwatch.GetElapsedTime(Volatile.Read(ref _begin)).TotalSeconds > HangFactor * _bounds.MostSeconds
            ? present
            : null;

    private void Fault(FuzzCase one, FuzzFault fault)
    {
        if (!_result.AddFault(one, fault) || _bounds.Keep is not { } folder)
            return;
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, one.ToString()), one.Content());
    }
}
