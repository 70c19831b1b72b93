using System.Reflection;

namespace Evenkeel.Architecture.Tests;

/// <summary>Holds docs/limits.md and the code against each other.</summary>
public sealed class LimitsTests
{
    private const string Document = "docs/limits.md";

    private static readonly string[] Prefixes = ["Most", "Max", "Longest", "Largest", "Deepest"];

    /// <summary>Where files, configurations and arguments are read, so that a constant with such a name is a limit.</summary>
    private static readonly string[] Readers =
    [
        "Evenkeel.Cli.Commands",
        "Evenkeel.Cli.Files",
        "Evenkeel.Cli.Models",
        "Evenkeel.Configuration",
        "Evenkeel.Data.Formats",
        "Evenkeel.Data.Images",
        "Evenkeel.Data.Loading",
        "Evenkeel.Data.Mnist",
        "Evenkeel.Onnx",
        "Evenkeel.Runs.Configuration",
        "Evenkeel.Runs.Files",
        "Evenkeel.Serialization",
    ];

    /// <summary>Constants with such a name that bound what is written or shown, or how work is cut.</summary>
    private static readonly string[] NoLimits =
    [
        "AtomicFile.LongestNamePart",
        "BenchModel.MaxRuns",
        "DamageNotes.MaxNamed",
        "Expressions.DeepestProduct",
        "Expressions.MaxBehind",
        "JsonFields.LongestShown",
        "NodeReasons.MaxNames",
        "NodeReasons.MaxSentences",
        "SafeTensorsException.LongestQuote",
    ];

    [Fact]
    public void Every_figure_is_that_of_the_code()
    {
        LimitRow[] rows = Rows();
        Assert.NotEmpty(rows);
        Assert.All(
            rows,
            row =>
                Assert.True(
                    row.Figure == CodeValue.Of(row.Name),
                    $"{Document}, '{row.What}': the table says {row.Figure}, {row.Name} is {CodeValue.Of(row.Name)}."
                )
        );
    }

    [Fact]
    public void Every_limit_of_the_code_is_in_the_table()
    {
        string[] told = [.. Rows().Select(row => row.Name), .. NoLimits];
        string[] missing = [.. Limits().Except(told).Order(StringComparer.Ordinal)];
        Assert.True(
            missing.Length == 0,
            $"{Document} lacks a row '| what | figure | raised by | `NAME` |' for {string.Join(", ", missing)}; what bounds no input goes to {nameof(NoLimits)}."
        );
    }

    [Fact]
    public void What_raises_a_limit_exists()
    {
        foreach (LimitRow row in Rows())
        {
            foreach (string option in row.Raised.Split('`').Where((_, i) => i % 2 == 1))
            {
                bool known = option.StartsWith("--", StringComparison.Ordinal)
                    ? Sources
                        .Files("src/Evenkeel.Cli", ".cs")
                        .Any(f => Sources.Text(f).Contains($"\"{option}\"", StringComparison.Ordinal))
                    : CodeValue.Exists(option);
                Assert.True(known, $"{Document}, '{row.What}': there is no {option}.");
            }
        }
    }

    private static LimitRow[] Rows() =>
        [.. Sources.Lines(Document).Where(line => line.EndsWith("` |", StringComparison.Ordinal)).Select(LimitRow.Of)];

    private static IEnumerable<string> Limits() =>
        from type in CodeValue.Types
        where Readers.Any(reader => $"{type.Namespace}.".StartsWith($"{reader}.", StringComparison.Ordinal))
        from member in type.GetMembers(CodeValue.Own)
        where member is FieldInfo { IsLiteral: true } or PropertyInfo { CanWrite: true }
        where Prefixes.Any(prefix => IsWord(member.Name, prefix)) && IsNumber(member)
        select $"{type.Name}.{member.Name}";

    private static bool IsWord(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal)
        && (name.Length == prefix.Length || char.IsUpper(name[prefix.Length]));

    // A property is a limit where its type has one without being given any.
    private static bool IsNumber(MemberInfo member) =>
        member is FieldInfo
        || (member is PropertyInfo property && property.PropertyType.IsPrimitive && CodeValue.HasDefault(member));
}
