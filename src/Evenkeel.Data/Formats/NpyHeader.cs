using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Evenkeel.Data.Formats;

/// <summary>The dictionary at the beginning of a .npy file: element type, order, dimensions.</summary>
internal sealed partial record NpyHeader(NpyElement Element, bool BigEndian, int[] Dimensions)
{
    private const int MaxDimensions = 32;

    /// <summary>Parses the dictionary; what does not follow the format is refused.</summary>
    /// <param name="text">Such as <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }</c>.</param>
    /// <param name="name">The file, for messages.</param>
    public static NpyHeader Parse(string text, string name)
    {
        Match match = Dictionary().Match(text);
        if (!match.Success)
            throw new DataFormatException($"{name}: the header is not that of an array: {Shown(text)}.");
        if (match.Groups["fortran"].Value == "True")
        {
            throw new DataFormatException(
                $"{name}: the array is stored column by column; save it with numpy.ascontiguousarray."
            );
        }

        string descr = match.Groups["descr"].Value;
        if (!NpyElements.TryParse(descr[1..], out NpyElement element))
        {
            throw new DataFormatException(
                $"{name}: elements of type '{descr}' are not read; known: {NpyElements.Known}. Save it with .astype('float32')."
            );
        }

        return new NpyHeader(element, descr[0] == '>', ParseShape(match.Groups["shape"].Value, name));
    }

    /// <summary>The dictionary of float32 values, padded so that the values begin at a multiple of 64 bytes.</summary>
    public static byte[] Write(IEnumerable<int> dimensions)
    {
        int[] sizes = [.. dimensions];
        string shape = sizes.Length == 1 ? $"{sizes[0]}," : string.Join(", ", sizes);
        string text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}";
        int length = (((10 + text.Length + 1 + 63) / 64) * 64) - 10;
        return Encoding.ASCII.GetBytes(text.PadRight(length - 1) + "\n");
    }

    private static int[] ParseShape(string text, string name)
    {
        string[] parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int[] sizes = new int[parts.Length];
        long count = 1;
        for (int i = 0; i < parts.Length; i++)
        {
            bool fits =
                int.TryParse(parts[i].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i])
                && (count *= sizes[i]) <= Array.MaxLength;
            if (!fits || parts.Length > MaxDimensions)
                throw new DataFormatException($"{name}: the shape ({Shown(text)}) is larger than can be read.");
        }

        return sizes;
    }

    private static string Shown(string text) => text.Length <= 80 ? text : text[..80] + "...";

    // Written by numpy in this order of keys; others are allowed to differ in blanks only.
    [GeneratedRegex(
        @"^\s*\{\s*'descr'\s*:\s*'(?<descr>[<>|=][a-z?][0-9]*)'\s*,\s*'fortran_order'\s*:\s*(?<fortran>True|False)\s*,\s*'shape'\s*:\s*\((?<shape>[0-9L,\s]*)\)\s*(,\s*)?\}\s*$",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Dictionary();
}
