using System.Text.RegularExpressions;

namespace Evenkeel.Architecture.Tests;

public sealed partial class SourceFileTests
{
    private const int MostLinesOfAFile = 300;
    private const int MostLinesOfAMethod = 50;

    /// <summary>Text that has no place in the repository: folders and addresses of one machine.</summary>
    private static readonly string[] Forbidden = ["/" + "work/", "/" + "home/", "/" + "root/", "local" + "host:"];

    /// <summary>Kernels that shuffle between registers, which lanes do not express.</summary>
    private static readonly string[] Shuffles = ["src/Evenkeel.Kernels/Linear/PanelPacking.cs"];

    /// <summary>A tile of accumulators, and the table of its sizes, are written out: registers and types cannot be indexed.</summary>
    private static readonly string[] WrittenOut =
    [
        "src/Evenkeel.Kernels/Linear/TileKernel.cs",
        "src/Evenkeel.Kernels/Linear/TileKernels.cs",
        "src/Evenkeel.Kernels/Convolution/Weights/WeightTileKernel.cs",
        "src/Evenkeel.Kernels/Convolution/Weights/WeightTileKernels.cs",
    ];

    [Fact]
    public void Files_are_short() =>
        None(
            Sources.CSharp().Where(file => Sources.Lines(file).Length > MostLinesOfAFile),
            $"longer than {MostLinesOfAFile} lines"
        );

    [Fact]
    public void Methods_are_short() =>
        None(
            Sources
                .CSharp()
                .Except(WrittenOut)
                .SelectMany(file => MethodScan.LongerThan(MostLinesOfAMethod, file, Sources.Lines(file))),
            $"longer than {MostLinesOfAMethod} lines"
        );

    [Fact]
    public void The_scan_of_methods_sees_a_long_one()
    {
        string[] body = [.. Enumerable.Repeat("        a++;", 60)];
        string[] file = ["class C", "{", "    public static void M(", "        int a)", "    {", .. body, "    }", "}"];
        Assert.Equal(["f.cs:3 (64 lines)"], MethodScan.LongerThan(50, "f.cs", file));
        Assert.Empty(MethodScan.LongerThan(64, "f.cs", file));
        string[] expression = ["class C", "{", "    int M() =>", "        F(", .. body, "        );", "}"];
        Assert.Equal(["f.cs:3 (63 lines)"], MethodScan.LongerThan(50, "f.cs", [.. expression.Select(Deeper)]));
        string[] data = ["class C", "{", "    int[] A =>", "        [", .. body.Select(Deeper), "        ];", "}"];
        Assert.Empty(MethodScan.LongerThan(50, "f.cs", data));

        static string Deeper(string line) => line.Contains("a++", StringComparison.Ordinal) ? "    " + line : line;
    }

    [Fact]
    public void Nothing_hides_in_regions() =>
        None(
            Sources
                .CSharp()
                .Where(f =>
                    Sources.Lines(f).Any(l => l.TrimStart().StartsWith("#" + "region", StringComparison.Ordinal))
                ),
            "with a region"
        );

    [Fact]
    public void No_file_is_a_drawer_for_everything() =>
        None(
            Sources.CSharp().Where(f => DrawerName().IsMatch(Path.GetFileNameWithoutExtension(f))),
            "named after no one thing"
        );

    [Fact]
    public void Namespaces_are_folders()
    {
        IEnumerable<string> wrong = Sources
            .CSharp()
            .Where(file =>
                Path.GetFileName(file) != "Program.cs" && !file.StartsWith("samples/", StringComparison.Ordinal)
            )
            // Peers are programs of their own.
            .Where(file => !file.StartsWith("bench/peers/", StringComparison.Ordinal))
            .Except(["src/Evenkeel.Onnx/Export/OnnxExport.cs", "src/Evenkeel.Onnx/Import/OnnxModel.cs"])
            .Except(["src/Evenkeel.Runs/Configuration/RunConfig.cs"])
            .Except(Sources.Files("src/Evenkeel.Runs/Hosting", ".cs"))
            .Except(EverydayTypes.Files)
            .Where(file =>
            {
                string folder = Path.GetDirectoryName(file)!.Replace('\\', '/');
                string expected = string.Join('.', folder.Split('/').Skip(1));
                string? declared = Sources
                    .Lines(file)
                    .FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal));
                return declared != $"namespace {expected};" && !IsAssemblyInfo(file);
            });
        None(wrong, "with another namespace than their folder");
    }

    [Fact]
    public void Libraries_name_fields_and_no_options_of_the_tool() =>
        None(
            ((string[])["Evenkeel", "Evenkeel.Onnx", "Evenkeel.Runs", "Evenkeel.Data", "Evenkeel.Watch"])
                .SelectMany(project => Sources.Files($"src/{project}", ".cs"))
                .Where(f => OptionInText().IsMatch(Sources.Text(f))),
            "that name an option of the tool"
        );

    [Fact]
    public void A_run_speaks_to_its_host_and_to_no_console() =>
        None(
            Sources
                .Files("src/Evenkeel.Runs", ".cs")
                .Where(f => Sources.Text(f).Contains("Console", StringComparison.Ordinal)),
            "that name the console"
        );

    [Fact]
    public void Vector_types_are_named_by_lanes_alone()
    {
        IEnumerable<string> wrong = Sources
            .Files("src/Evenkeel.Kernels", ".cs")
            .Where(f => !f.Contains("/Lanes/") && !Shuffles.Contains(f))
            .Where(f => Sources.Lines(f).Any(NamesVectorType));
        None(wrong, "that name a vector type");
    }

    [Fact]
    public void No_text_speaks_of_one_machine()
    {
        string[] endings =
        [
            ".cs",
            ".md",
            ".csproj",
            ".props",
            ".json",
            ".yml",
            ".yaml",
            ".sh",
            ".py",
            ".slnx",
            ".html",
            ".mjs",
        ];
        IEnumerable<string> wrong = Sources
            .Files("", endings)
            .Where(file => Forbidden.Any(word => Sources.Text(file).Contains(word, StringComparison.Ordinal)));
        None(wrong, "with a path or address of one machine");
    }

    // Asking for acceleration, and handing lanes their vector, is how a width is chosen; everything else goes through the lanes.
    private static bool NamesVectorType(string line) =>
        !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
        && !LanesTag().IsMatch(line)
        && VectorType().IsMatch(line.Replace(".IsHardwareAccelerated", "!", StringComparison.Ordinal));

    private static bool IsAssemblyInfo(string file) =>
        Sources
            .Lines(file)
            .All(l =>
                l.Length == 0
                || l.StartsWith("using ", StringComparison.Ordinal)
                || l.StartsWith("[assembly", StringComparison.Ordinal)
                || l.StartsWith("//", StringComparison.Ordinal)
            );

    private static void None(IEnumerable<string> files, string what)
    {
        string[] found = [.. files];
        Assert.True(found.Length == 0, $"{found.Length} {what}:\n{string.Join('\n', found)}");
    }

    // Within quotation marks of one line: "--data", or behind a blank.
    [GeneratedRegex("\"[^\"\\n]*(?<=[\" (])--[a-z]")]
    private static partial Regex OptionInText();

    [GeneratedRegex(@"\bVector(64|128|256|512)(<|\.)")]
    private static partial Regex VectorType();

    [GeneratedRegex(@"<Lanes\d+, Vector\d+<float>>|<Vector\d+<float>, Lanes\d+>")]
    private static partial Regex LanesTag();

    [GeneratedRegex("^(Utils?|Utilities|Helpers?|Misc|Common)")]
    private static partial Regex DrawerName();
}
