namespace Evenkeel;

/// <summary>A file whose tensors do not fit the model. The message names the file, the tensor, what was found and what is needed.</summary>
public sealed class ModelFileException : IOException
{
    /// <summary>An exception without details.</summary>
    public ModelFileException() { }

    /// <summary>An exception with a one-line message.</summary>
    public ModelFileException(string message)
        : base(message) { }

    /// <summary>An exception with a one-line message and its cause.</summary>
    public ModelFileException(string message, Exception innerException)
        : base(message, innerException) { }
}
