using System.Reflection;
using System.Runtime.CompilerServices;

namespace Evenkeel.Architecture.Tests;

/// <summary>What many arguments belong to gets a name: a small struct.</summary>
public sealed class ParameterTests
{
    private const int MostParameters = 8;

    private const BindingFlags All =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    [Fact]
    public void Methods_take_few_parameters()
    {
        string[] found =
        [
            .. Sources
                .Files("src", ".csproj")
                .SelectMany(file => TypesOf(Path.GetFileNameWithoutExtension(file)))
                .SelectMany(LongLists),
        ];
        Assert.True(
            found.Length == 0,
            $"{found.Length} with more than {MostParameters} parameters:\n{string.Join('\n', found)}"
        );
    }

    [Fact]
    public void The_count_sees_methods_and_constructors_but_not_records()
    {
        Assert.Equal(["Sample..ctor (9)", "Sample.Run (9)"], LongLists(typeof(Sample)).Order());
        Assert.Empty(LongLists(typeof(Data)));
        Assert.Empty(LongLists(typeof(Value)));
    }

    private static Type[] TypesOf(string project) => Assembly.Load(project).GetTypes();

    private static IEnumerable<string> LongLists(Type type) =>
        ((MethodBase[])[.. type.GetMethods(All), .. IsRecord(type) ? [] : type.GetConstructors(All)])
            .Where(method => !method.IsDefined(typeof(CompilerGeneratedAttribute)))
            .Where(method => method.GetParameters().Length > MostParameters)
            .Select(method => $"{type.Name}.{method.Name} ({method.GetParameters().Length})");

    // The parameters of a record's constructor are its properties, which have names.
    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", All) is not null;

    private sealed class Sample(int a, int b, int c, int d, int e, int f, int g, int h, int i)
    {
        public int Run(int j, int k, int l, int m, int n, int o, int p, int q, int r) =>
            a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r;
    }

    private sealed record Data(int A, int B, int C, int D, int E, int F, int G, int H, int I);

    private readonly record struct Value(int A, int B, int C, int D, int E, int F, int G, int H, int I);
}
