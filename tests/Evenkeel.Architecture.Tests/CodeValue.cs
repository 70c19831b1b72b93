using System.Globalization;
using System.Reflection;

namespace Evenkeel.Architecture.Tests;

/// <summary>Constants, static values and defaults of options, by type and member.</summary>
internal static class CodeValue
{
    public const BindingFlags Own =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Static
        | BindingFlags.Instance
        | BindingFlags.DeclaredOnly;

    /// <summary>All types of the sources.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        .. Directory
            .GetFiles(AppContext.BaseDirectory, "Evenkeel*.dll")
            .Where(file => !file.EndsWith(".Tests.dll", StringComparison.Ordinal))
            .SelectMany(file => Assembly.LoadFrom(file).GetTypes()),
    ];

    public static bool Exists(string name) => TryFind(name, out _, out _);

    /// <summary>Whether a member's value is there without an argument: it is static, or its type makes itself of nothing.</summary>
    public static bool HasDefault(MemberInfo member) =>
        member.DeclaringType is { IsAbstract: false, ContainsGenericParameters: false } type
        && type.GetConstructor(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance, []) is not null;

    /// <summary>The number that a member holds; members of its value may follow: Reader.Options.MaxDepth.</summary>
    public static double Of(string name)
    {
        Assert.True(TryFind(name, out MemberInfo? member, out string[] rest), $"There is no {name} in the code.");
        object? value = Value(member!, null);
        foreach (string inner in rest)
            value = Value(value!.GetType().GetMember(inner, Own).Single(), value);
        return Convert.ToDouble(value, CultureInfo.InvariantCulture);
    }

    private static bool TryFind(string name, out MemberInfo? member, out string[] rest)
    {
        string[] parts = name.Split('.');
        rest = parts.Length > 2 ? parts[2..] : [];
        member = Types
            .Append(typeof(Array))
            .Where(type => type.Name == parts[0])
            .SelectMany(type => type.GetMember(parts.ElementAtOrDefault(1) ?? "", Own))
            .FirstOrDefault();
        return member is not null;
    }

    private static object? Value(MemberInfo member, object? owner) =>
        member switch
        {
            FieldInfo { IsLiteral: true } constant => constant.GetRawConstantValue(),
            FieldInfo field => field.GetValue(field.IsStatic ? null : owner ?? Default(field)),
            PropertyInfo property => property.GetValue(
                property.GetMethod!.IsStatic ? null : owner ?? Default(property)
            ),
            _ => null,
        };

    private static object Default(MemberInfo member) => Activator.CreateInstance(member.DeclaringType!, true)!;
}
