using System.CommandLine;

namespace Evenkeel.Cli.Terminal;

/// <summary>
/// The options of a command that set fields of a configuration. The library's messages name fields alone; behind each one that is named, the tool tells
/// the option.
/// </summary>
internal static class FieldOptions
{
    private static readonly (string Field, string[] Options)[] Known =
    [
        ("data.source", ["--data"]),
        ("data.source", ["--input"]),
        ("data.scaling", ["--mean", "--deviation", "--scale"]),
        ("data.maxPixels", ["--max-pixels"]),
        ("data.encoding", ["--encoding"]),
        ("data.testCount", ["--test-count"]),
        ("inferWith", ["--statistics stored"]),
        ("its network", ["--network"]),
        ("input shape", ["--input-shape"]),
        ("as output", ["--output"]),
    ];

    /// <summary>A message with the options of the command for the fields that it names.</summary>
    /// <param name="message">The library's.</param>
    /// <param name="command">What is run; null where nothing is.</param>
    public static string Told(string message, Command? command)
    {
        string[] here =
        [
            .. Known
                .Where(known =>
                    message.Contains(known.Field, StringComparison.Ordinal)
                    && known.Options.All(option =>
                        command?.Options.Any(own => own.Name == option.Split(' ')[0]) == true
                    )
                )
                .Select(known => $"{known.Field} is {string.Join(", ", known.Options)} here."),
        ];
        return here.Length == 0 ? message : $"{message.TrimEnd('.')}. {string.Join(' ', here)}";
    }
}
