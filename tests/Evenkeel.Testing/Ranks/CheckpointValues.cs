using System.Security.Cryptography;
using Evenkeel.Serialization;

namespace Evenkeel.Testing.Ranks;

/// <summary>The values of a checkpoint; what is noted beside them, such as seconds, may differ.</summary>
public static class CheckpointValues
{
    /// <summary>A hash of all tensors, names included.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static string Hash(string path)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(string.Join(' ', reader.Tensors.Select(t => t.Name))));
        byte[] file = File.ReadAllBytes(path);
        int bytes = (int)reader.Tensors.Sum(t => t.Count * (t.Type == SafeTensorType.Int64 ? 8 : 4));
        hash.AppendData(file.AsSpan(file.Length - bytes));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
