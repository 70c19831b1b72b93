namespace Evenkeel.Architecture.Tests;

/// <summary>Bounds what a user meets: how many types are public, and how many of them lie in the namespace for every day.</summary>
public sealed class PublicTypesTests
{
    /// <summary>Types that one can look through; what a program names seldom lies in the namespace of its folder.</summary>
    private const int MostEverydayTypes = 60;

    /// <summary>Public types of each package. Make a type internal unless a program outside the package has a use for it.</summary>
    private static readonly Dictionary<string, int> Most = new()
    {
        ["Evenkeel"] = 251,
        ["Evenkeel.Data"] = 70,
        ["Evenkeel.Kernels"] = 138,
        ["Evenkeel.Mpi"] = 1,
        ["Evenkeel.Onnx"] = 13,
        ["Evenkeel.Reporting"] = 20,
        ["Evenkeel.Runs"] = 12,
    };

    [Fact]
    public void The_everyday_namespace_is_small()
    {
        string[] types = [.. Public().Where(type => type.Namespace == "Evenkeel").Select(type => type.Name)];
        Assert.True(
            types.Length <= MostEverydayTypes,
            $"{types.Length} public types lie in the namespace Evenkeel; {MostEverydayTypes} may: {string.Join(" ", types)}"
        );
    }

    [Fact]
    public void Packages_show_what_is_of_use_outside()
    {
        Dictionary<string, int> found = Public().CountBy(type => type.Assembly.GetName().Name!).ToDictionary();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", found.Select(p => $"{p.Key}: {p.Value}")));
        Assert.Equal(Most.Keys.Order(), found.Keys.Order());
        IEnumerable<string> wrong = found.Where(p => p.Value > Most[p.Key]).Select(p => $"{p.Key} has {p.Value}");
        Assert.Empty(wrong);
    }

    private static IEnumerable<Type> Public() =>
        // The compiler makes types of its own, with names that no source can have, for static extensions.
        CodeValue.Types.Where(type =>
            type.IsVisible && !type.Name.Contains('<') && type.Assembly.GetName().Name != "Evenkeel.Cli"
        );
}
