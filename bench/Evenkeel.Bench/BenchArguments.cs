using System.Globalization;

namespace Evenkeel.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed class BenchArguments
{
    private static readonly (string Name, string Value, string Usual, string About)[] Options =
    [
        ("--rounds", "N", "3", "rounds in which ours and the peer alternate"),
        (
            "--threads",
            "LIST",
            "1,2",
            "numbers of threads, for norm, whitening, conv, inception, libtorch, roofline and inference"
        ),
        (
            "--filter",
            "TEXT",
            "",
            "for conv: part of a shape's name, such as 3x3 or @14; for ranks, libtorch, roofline and inference: of a network's; for hostile: of a trial's"
        ),
        (
            "--recompute",
            "SHARE",
            "0",
            "for libtorch: of convolutions' work that Evenkeel does again to save memory, 0 to 1"
        ),
        (
            "--models",
            "FOLDER",
            "",
            "for inference: further networks as ONNX files; bench/peers/export_networks.py writes some"
        ),
        ("--images", "PATH", "", "for jpeg: a folder with train/<class>/ and test/<class>/, or a .tar.gz file of one"),
        ("--cases", "N", "20000", "for fuzz: damaged files of each format and kind of damage"),
        ("--nodes", "N", "100000", "for scale: the most nodes"),
        ("--speed", "N", "1", "for scale-ranks: how many times faster a rank computes than one thread"),
        ("--kills", "N", "100", "for rank-kills: how many"),
        ("--seed", "N", "1", "for fuzz: which damage; for torture: which calls; for rank-kills: which and when"),
        ("--minutes", "N", "10", "for torture: how long"),
        ("--format", "TEXT", "", "for fuzz: part of a format's name"),
        ("--case", "N", "", "for fuzz: this one file alone"),
    ];

    private readonly Dictionary<string, string> _values;

    private BenchArguments(bool help, IReadOnlyList<BenchPart> parts, Dictionary<string, string> values) =>
        (Help, Parts, _values) = (help, parts, values);

    /// <summary>Whether to say how the program is used, and nothing else.</summary>
    public bool Help { get; }

    /// <summary>The parts to run, in their own order.</summary>
    public IReadOnlyList<BenchPart> Parts { get; }

    /// <summary>Rounds in which ours and the peer alternate.</summary>
    public int Rounds => Number("--rounds");

    /// <summary>Numbers of threads to measure with.</summary>
    public int[] Threads => [.. Text("--threads").Split(',').Select(t => Whole("--threads", t))];

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ArgumentException">A word is neither a part nor an option, or a value is missing or wrong; says which.</exception>
    public static BenchArguments Parse(IReadOnlyList<string> args)
    {
        var names = new HashSet<string>();
        var values = Options.ToDictionary(o => o.Name, o => o.Usual);
        bool help = false;
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] is "--help" or "-h" or "-?")
                help = true;
            else if (values.ContainsKey(args[i]))
                values[args[i]] =
                    i + 1 < args.Count ? args[++i] : throw new ArgumentException($"{args[i]}: its value is missing.");
            else if (BenchPart.All.Any(p => p.Name == args[i]))
                names.Add(args[i]);
            else
                throw new ArgumentException(
                    $"'{args[i]}' is neither a part nor an option; the parts are {Names(", ")}."
                );
        }

        var asked = new BenchArguments(
            help,
            [.. BenchPart.All.Where(p => names.Count == 0 ? p.IsUsual : names.Contains(p.Name))],
            values
        );
        asked.Check();
        return asked;
    }

    /// <summary>The value of an option.</summary>
    public string Text(string option) => _values[option];

    /// <summary>The value of an option that is a whole number.</summary>
    public int Number(string option) => Whole(option, Text(option));

    /// <summary>The value of an option that is a share, 0 to 1.</summary>
    public double Share(string option) =>
        double.TryParse(Text(option), NumberStyles.Float, CultureInfo.InvariantCulture, out double share)
        && share is >= 0 and <= 1
            ? share
            : throw new ArgumentException($"{option}: it must be a number, 0 to 1, not '{Text(option)}'.");

    /// <summary>Says how the program is used.</summary>
    public static void WriteHelp(TextWriter output)
    {
        output.WriteLine("Measures Evenkeel beside its peers and prints the ratios as markdown.");
        output.WriteLine();
        output.WriteLine("    dotnet run -c Release --project bench/Evenkeel.Bench -- [PART ...] [OPTION VALUE ...]");
        output.WriteLine();
        output.WriteLine("Parts; without any, those that are not marked with *:");
        output.WriteLine();
        foreach (BenchPart part in BenchPart.All)
            output.WriteLine($"    {part.Name, -12}{part.About}{(part.IsUsual ? "" : " *")}");
        output.WriteLine();
        output.WriteLine("Options:");
        output.WriteLine();
        foreach ((string name, string value, string usual, string about) in Options)
            output.WriteLine(
                $"    {$"{name} {value}", -18}{about}{(usual.Length > 0 ? $"; {usual} if not given" : "")}"
            );
        output.WriteLine();
        output.WriteLine(
            "What to install is in bench/peers/README.md; a peer that is absent is left out and said to be."
        );
    }

    private void Check()
    {
        foreach (string option in (string[])["--rounds", "--cases", "--nodes", "--minutes", "--kills", "--speed"])
        {
            if (Number(option) < 1)
                throw new ArgumentException($"{option}: it must be 1 or more.");
        }

        _ = Number("--seed");
        _ = Share("--recompute");
        if (Threads.Any(t => t is < 1 or > 1024))
            throw new ArgumentException("--threads: numbers from 1 to 1024 are expected, such as 1,2.");
    }

    private static int Whole(string option, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new ArgumentException($"{option}: '{text}' is not a whole number.");

    private static string Names(string between) => string.Join(between, BenchPart.All.Select(p => p.Name));
}
