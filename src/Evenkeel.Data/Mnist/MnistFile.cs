namespace Evenkeel.Data.Mnist;

/// <summary>One of the four files of an MNIST-like data set.</summary>
/// <param name="Name">Its published name, such as train-images-idx3-ubyte.gz.</param>
/// <param name="Md5">MD5 of the canonical gzip file in lower-case hexadecimal digits.</param>
public sealed record MnistFile(string Name, string Md5)
{
    private const string Gzip = ".gz";

    /// <summary>
    /// The names under which the file is found in a folder, best first: compressed or plain, and with a dot before "idx"
    /// as some tools unpack it.
    /// </summary>
    public IReadOnlyList<string> AcceptedNames
    {
        get
        {
            string dotted = Name.Replace("-idx", ".idx", StringComparison.Ordinal);
            return [Name, Name[..^Gzip.Length], dotted, dotted[..^Gzip.Length]];
        }
    }
}
