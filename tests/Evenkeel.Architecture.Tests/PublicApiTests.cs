using System.Reflection;
using PublicApiGenerator;

namespace Evenkeel.Architecture.Tests;

/// <summary>
/// What a library shows to programs lies beside its project, so that a change of it is seen, reviewed and meant.
/// </summary>
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    /// <summary>All libraries; the tool has no API.</summary>
    public static TheoryData<string> Libraries =>
        [
            .. Sources
                .Files("src", ".csproj")
                .Select(file => Path.GetFileNameWithoutExtension(file)!)
                .Where(project => project != "Evenkeel.Cli"),
        ];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void It_is_what_the_file_beside_the_project_lists(string library)
    {
        string api = Assembly.Load(library).GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        string file = $"src/{library}/PublicApi.txt";
        string made = Path.Combine(AppContext.BaseDirectory, file);
        Directory.CreateDirectory(Path.GetDirectoryName(made)!);
        File.WriteAllText(made, api);
        string listed = Path.Combine(Sources.Root, file);
        Assert.True(
            File.Exists(listed) && File.ReadAllText(listed) == api,
            $"The public API of {library} changed. If that is meant: cp '{made}' '{listed}'"
        );
    }
}
