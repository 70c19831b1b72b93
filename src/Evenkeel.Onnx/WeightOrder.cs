namespace Evenkeel.Onnx;

/// <summary>Between [outputs, inputs, positions...] in files and [positions..., inputs, outputs] in models.</summary>
internal static class WeightOrder
{
    /// <summary>From the file's order to the model's.</summary>
    public static float[] ToModel(ReadOnlySpan<float> file, int outputs, int inputs)
    {
        int positions = file.Length / (outputs * inputs);
        float[] model = new float[file.Length];
        for (int o = 0, from = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                for (int p = 0; p < positions; p++, from++)
                    model[(((p * inputs) + i) * outputs) + o] = file[from];
            }
        }

        return model;
    }

    /// <summary>From the model's order to the file's.</summary>
    public static float[] ToFile(ReadOnlySpan<float> model, int outputs, int inputs)
    {
        int positions = model.Length / (outputs * inputs);
        float[] file = new float[model.Length];
        for (int p = 0, from = 0; p < positions; p++)
        {
            for (int i = 0; i < inputs; i++)
            {
                for (int o = 0; o < outputs; o++, from++)
                    file[(((o * inputs) + i) * positions) + p] = model[from];
            }
        }

        return file;
    }
}
