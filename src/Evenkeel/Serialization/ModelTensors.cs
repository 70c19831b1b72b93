using Evenkeel.Execution;
using Evenkeel.Layers;

namespace Evenkeel.Serialization;

/// <summary>Moves a model's tensors to and from safetensors, in the ecosystem's order and with every value checked.</summary>
internal static class ModelTensors
{
    public static void Add(SafeTensorsWriter writer, Model model)
    {
        foreach (TensorPlace place in model.Layout.Tensors)
        {
            string name = place.Tensor.Name;
            if (place.Tensor.Spec.Type == ElementType.Int64)
                writer.Add<long>(name, [], () => model.Integers(name));
            else
                AddFloats(writer, name, place.Tensor.Spec, () => model.Floats(name));
        }
    }

    /// <summary>Adds values that are laid out as the tensor is.</summary>
    public static void AddFloats(SafeTensorsWriter writer, string name, TensorSpec spec, SpanSource<float> values)
    {
        if (spec.FileOrder == TensorFileOrder.LastFirst)
            writer.Add<float>(name, FileShape(spec), () => FileOrder.LastFirst(values(), spec.Dimensions));
        else
            writer.Add(name, FileShape(spec), values);
    }

    public static void Read(SafeTensorsReader reader, Model model, string file)
    {
        foreach ((string own, string stored) in TensorNames.Map(reader, model.Layout, file))
        {
            TensorSpec spec = model.Layout[own].Tensor.Spec;
            if (spec.Type == ElementType.Int64)
                ReadCounter(reader, stored, model.Integers(own), file);
            else
                ReadFloats(reader, stored, spec, model.Floats(own), file);
        }
    }

    /// <summary>Reads values into the order in which the tensor is laid out.</summary>
    public static void ReadFloats(
        SafeTensorsReader reader,
        string stored,
        TensorSpec spec,
        Span<float> values,
        string file
    )
    {
        SafeTensorInfo info = reader.Info(stored);
        long[] expected = FileShape(spec);
        if (!info.Shape.SequenceEqual(expected))
        {
            throw new ModelFileException(
                $"{file}: '{stored}' is [{string.Join(", ", info.Shape)}], the network needs [{string.Join(", ", expected)}]; "
                    + "it belongs to another network."
            );
        }

        float[] read = ReadAsFloat(reader, info);
        CheckValues(read, stored, spec, file);
        if (spec.FileOrder == TensorFileOrder.LastFirst)
            FileOrder.LastLast(read, spec.Dimensions, values);
        else
            read.CopyTo(values);
    }

    private static float[] ReadAsFloat(SafeTensorsReader reader, SafeTensorInfo info)
    {
        if (info.Type == SafeTensorType.Float64)
        {
            double[] wide = new double[info.Count];
            reader.ReadFloat64(info.Name, wide);
            return Array.ConvertAll(wide, v => (float)v);
        }

        float[] values = new float[info.Count];
        reader.ReadFloat32(info.Name, values);
        return values;
    }

    private static void ReadCounter(SafeTensorsReader reader, string stored, Span<long> value, string file)
    {
        if (reader.Info(stored).Count != 1)
            throw new ModelFileException($"{file}: '{stored}' must be one number.");
        reader.ReadInt64(stored, value);
        if (value[0] < 0)
            throw new ModelFileException($"{file}: '{stored}' is {value[0]}, but counts batches; the file is damaged.");
    }

    private static void CheckValues(float[] values, string stored, TensorSpec spec, string file)
    {
        int bad = Array.FindIndex(values, v => !float.IsFinite(v));
        if (bad >= 0)
        {
            throw new ModelFileException(
                $"{file}: value {bad} of '{stored}' is {values[bad]}; a network with it gives NaN. Use an earlier checkpoint."
            );
        }

        bad = spec.Name == "running_var" ? Array.FindIndex(values, v => v < 0) : -1;
        if (bad >= 0)
        {
            throw new ModelFileException(
                $"{file}: the running variance '{stored}' of channel {bad} is {values[bad]}, below 0; it was made by a formula that "
                    + "cancels. Estimate the statistics again from data."
            );
        }
    }

    private static long[] FileShape(TensorSpec spec) =>
        spec.FileOrder == TensorFileOrder.LastFirst
            ? [spec.Dimensions[^1], spec.Dimensions[^2], .. spec.Dimensions[..^2].Select(d => (long)d)]
            : [.. spec.Dimensions.Select(d => (long)d)];
}
