using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Onnx;
using Evenkeel.Reporting;
using Evenkeel.Runs;

namespace Evenkeel.Cli.Tests.Terminal;

/// <summary>Users of the tool and of its JSON do not know the names of classes and members; no sentence in these assemblies has one.</summary>
public sealed partial class MessageWordsTests
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(Tool).Assembly,
        typeof(Model).Assembly,
        typeof(OnnxModel).Assembly,
        typeof(IDataset).Assembly,
        typeof(HtmlReport).Assembly,
        typeof(RunHost).Assembly,
    ];

    /// <summary>Layers and networks are called what everybody calls them, and so is the program that shows events.</summary>
    private static IEnumerable<string> FieldTerms =>
        Assemblies
            .SelectMany(a => a.GetExportedTypes())
            .Where(t => t.Namespace is "Evenkeel.Layers" or "Evenkeel.Networks")
            .Select(t => t.Name)
            .Append("TensorBoard");

    [Fact]
    public void Sentences_name_no_classes_and_members()
    {
        HashSet<string> names =
        [
            .. Assemblies
                .SelectMany(a => a.GetExportedTypes())
                .SelectMany(t => t.GetMembers().Select(m => m.Name).Append(t.Name))
                .Except(FieldTerms)
                .Where(n => TwoHumps().IsMatch(n)),
        ];
        string[] wrong =
        [
            .. Assemblies
                .SelectMany(Literals)
                .Where(text => text.Contains(' ', StringComparison.Ordinal) && !OfRecord().IsMatch(text))
                .Where(text => Word().Matches(text).Any(word => names.Contains(word.Value))),
        ];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    /// <summary>A name that the compiler puts in stands alone among the literals, and is found in the sources instead.</summary>
    [Fact]
    public void Sentences_are_not_put_together_from_names_of_classes_and_members()
    {
        string[] wrong =
        [
            .. Assemblies
                .Select(a => Path.Combine(Repository.Root, "src", a.GetName().Name!))
                .SelectMany(folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories))
                .Where(file => File.ReadAllText(file).Contains("{nameof(", StringComparison.Ordinal)),
        ];
        Assert.Empty(wrong);
    }

    private static IEnumerable<string> Literals(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        MetadataReader reader = file.GetMetadataReader();
        var literals = new List<string>();
        for (
            UserStringHandle handle = MetadataTokens.UserStringHandle(1);
            !handle.IsNil;
            handle = reader.GetNextHandle(handle)
        )
            literals.Add(reader.GetUserString(handle));
        return literals;
    }

    [GeneratedRegex("^[A-Z][a-z0-9]+[A-Z]")]
    private static partial Regex TwoHumps();

    // What a record's own text is put together from.
    [GeneratedRegex(@"^(, )?\w+ = $")]
    private static partial Regex OfRecord();

    [GeneratedRegex("[A-Za-z][A-Za-z0-9]+")]
    private static partial Regex Word();
}
