using Evenkeel.Graphs;
using Evenkeel.Kernels.Linear;
using Evenkeel.Rewrites;

namespace Evenkeel.Serialization;

/// <summary>Moves a model's tensors to and from safetensors, in the ecosystem's order and with every value checked.</summary>
internal static class ModelTensors
{
    public static void Add(SafeTensorsWriter writer, Model model)
    {
        foreach (TensorPlace place in model.Layout.Tensors)
            Add(writer, model, place.Tensor);
    }

    /// <summary>Adds one of a model's tensors.</summary>
    public static void Add(SafeTensorsWriter writer, Model model, NamedTensor tensor)
    {
        string name = tensor.Name;
        if (tensor.Spec.Type == ElementType.Int64)
            writer.Add<long>(name, [], () => model.Integers(name));
        else
            AddFloats(writer, name, tensor.Spec, () => model.Floats(name));
    }

    /// <summary>Adds values that are laid out as the tensor is.</summary>
    public static void AddFloats(SafeTensorsWriter writer, string name, TensorSpec spec, SpanSource<float> values)
    {
        if (spec.FileOrder == TensorFileOrder.LastFirst)
            writer.Add<float>(
                name,
                FileShape(spec),
                () => WeightOrder.OutputsFirst(values(), spec.Dimensions[^1], spec.Dimensions[^2])
            );
        else
            writer.Add(name, FileShape(spec), values);
    }

    /// <summary>Reads all tensors of a model; the check is asked about the values of each.</summary>
    public static void Read(SafeTensorsReader reader, Model model, string file, ValueCheck check)
    {
        TensorMap map = TensorNames.Map(reader, model.Graph, model.Layout, file);
        foreach ((string own, string stored) in map.Stored)
        {
            TensorSpec spec = model.Layout[own].Tensor.Spec;
            if (spec.Type == ElementType.Float32)
                ReadFloats(reader, stored, spec, model.Floats(own), file, check);
        }

        foreach (string own in map.ZeroBiases)
            model.Floats(own).Clear();
        Complete(reader, map, model, file, check);
    }

    /// <summary>A model with a file's tensors; state that the file lacks begins as initialised.</summary>
    public static Model ReadNew(SafeTensorsReader reader, Graph graph, string file, ValueCheck check)
    {
        var layout = new TensorLayout(graph);
        TensorMap map = TensorNames.Map(reader, graph, layout, file);
        Model model = Model.Create(graph, 0, Fill);
        try
        {
            Complete(reader, map, model, file, check);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }

        bool Fill(string own, Span<float> values)
        {
            if (map.Stored.TryGetValue(own, out string? stored))
                ReadFloats(reader, stored, layout[own].Tensor.Spec, values, file, check);
            else if (map.ZeroBiases.Contains(own))
                values.Clear();
            else
                return false;
            return true;
        }
    }

    // What is left once all values are in place: counters, biases that the network has no place for, and what there is to say.
    private static void Complete(SafeTensorsReader reader, TensorMap map, Model model, string file, ValueCheck check)
    {
        foreach ((string own, string stored) in map.Stored)
        {
            if (model.Layout[own].Tensor.Spec.Type == ElementType.Int64)
                ReadCounter(reader, stored, model.Integers(own), file);
        }

        foreach (CancelledTensor bias in map.CancelledBiases)
        {
            float[] values = new float[bias.Spec.Count];
            ReadFloats(reader, bias.Stored, bias.Spec, values, file, check);
            CancelledBias.TakeFromMean(model, bias.Norm, values);
        }

        ReadingNotes.Add(model, reader, map, file);
    }

    /// <summary>Reads values into the order in which the tensor is laid out.</summary>
    public static void ReadFloats(
        SafeTensorsReader reader,
        string stored,
        TensorSpec spec,
        Span<float> values,
        string file,
        ValueCheck check
    )
    {
        SafeTensorInfo info = reader.Info(stored);
        long[] expected = FileShape(spec);
        if (!info.Shape.SequenceEqual(expected))
        {
            throw new ModelFileException(
                $"{file}: '{stored}' is [{string.Join(", ", info.Shape)}], the network needs [{string.Join(", ", expected)}]; "
                    + "it belongs to another network; in a program, Model.With takes over the tensors that fit."
            );
        }

        float[] read = ReadAsFloat(reader, info);
        check(read, stored, spec, file);
        if (spec.FileOrder == TensorFileOrder.LastFirst)
            WeightOrder.OutputsLast(read, spec.Dimensions[^1], spec.Dimensions[^2], values);
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

    /// <summary>The tensor's shape in the order of files.</summary>
    public static long[] FileShape(TensorSpec spec) =>
        spec.FileDimensions is { } dimensions ? [.. dimensions.Select(d => (long)d)]
        : spec.FileOrder == TensorFileOrder.LastFirst
            ? [spec.Dimensions[^1], spec.Dimensions[^2], .. spec.Dimensions[..^2].Select(d => (long)d)]
        : [.. spec.Dimensions.Select(d => (long)d)];
}
