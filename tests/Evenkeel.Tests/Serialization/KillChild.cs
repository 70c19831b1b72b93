using System.Runtime.CompilerServices;
using Evenkeel.Serialization;

namespace Evenkeel.Tests.Serialization;

/// <summary>
/// What the test program does when it is started again with <see cref="FolderVariable"/> set: write checkpoints without end, until killed.
/// </summary>
internal static class KillChild
{
    public const string FolderVariable = "EVENKEEL_TEST_KILL_CHILD_FOLDER";
    public const string FileName = "last.safetensors";

    private const int Elements = 50_000;

    [ModuleInitializer]
    internal static void RunIfChild()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { Length: > 0 } folder)
            return;
        string path = Path.Combine(folder, FileName);
        long step = File.Exists(path) ? Check(path) : 0;
        while (true)
        {
            step++;
            Write(path, step);
            Console.Out.WriteLine(step);
        }
    }

    /// <summary>Reads a checkpoint and throws unless every value in it belongs to the step in its metadata, which it returns.</summary>
    public static long Check(string path)
    {
        using var reader = SafeTensorsReader.Open(path);
        long step = long.Parse(reader.Metadata["step"], System.Globalization.CultureInfo.InvariantCulture);
        float[] values = new float[Elements];
        reader.ReadFloat32("values", values);
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] != Value(step, i))
                throw new InvalidDataException($"step {step}: value {i} is {values[i]}, expected {Value(step, i)}");
        }
        return step;
    }

    private static void Write(string path, long step)
    {
        float[] values = new float[Elements];
        for (int i = 0; i < values.Length; i++)
            values[i] = Value(step, i);
        new SafeTensorsWriter()
            .WithMetadata("step", step.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Add("values", [Elements], values)
            .Save(path);
    }

    private static float Value(long step, int index) => ((step * 31) + index) % 65_521;
}
