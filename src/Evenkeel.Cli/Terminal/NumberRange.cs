using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Evenkeel.Cli.Terminal;

/// <summary>Numbers on the command line: read alike in every locale, and held against their range before anything is done.</summary>
internal static class NumberRange
{
    /// <summary>The most examples that a batch may be asked to have.</summary>
    public const int MaxBatch = 1_000_000;

    /// <summary>The most steps that anything may be asked to take.</summary>
    public const long MaxSteps = 1_000_000_000_000;

    /// <summary>The most threads that may be asked for.</summary>
    public const int MaxThreads = 1024;

    private const string RateWords = "above 0 and at most 3.4e38";

    /// <summary>The option takes numbers of a range.</summary>
    /// <param name="option">The option.</param>
    /// <param name="min">The smallest.</param>
    /// <param name="max">The largest.</param>
    /// <param name="words">The range in words, where the two do not say it well.</param>
    public static Option<T> Within<T>(this Option<T> option, T min, T max, string? words = null)
        where T : struct, INumber<T>
    {
        option.CustomParser = result => Read(result, result.Tokens[0].Value, option.Name, min, max, words);
        return option;
    }

    /// <inheritdoc cref="Within{T}(Option{T}, T, T, string?)"/>
    public static Option<T?> Within<T>(this Option<T?> option, T min, T max, string? words = null)
        where T : struct, INumber<T>
    {
        option.CustomParser = result => Read(result, result.Tokens[0].Value, option.Name, min, max, words);
        return option;
    }

    /// <inheritdoc cref="Within{T}(Option{T}, T, T, string?)"/>
    public static Option<T[]> Within<T>(this Option<T[]> option, T min, T max, string? words = null)
        where T : struct, INumber<T>
    {
        option.CustomParser = result =>
            [.. result.Tokens.Select(token => Read(result, token.Value, option.Name, min, max, words))];
        return option;
    }

    /// <summary>A learning rate: it must be a number in the float32 that is computed with, too.</summary>
    public static Option<double> WithinRates(this Option<double> option) =>
        option.Within(double.Epsilon, float.MaxValue, RateWords);

    /// <inheritdoc cref="WithinRates(Option{double})"/>
    public static Option<double?> WithinRates(this Option<double?> option) =>
        option.Within(double.Epsilon, float.MaxValue, RateWords);

    /// <inheritdoc cref="WithinRates(Option{double})"/>
    public static Option<double[]> WithinRates(this Option<double[]> option) =>
        option.Within(double.Epsilon, float.MaxValue, RateWords);

    /// <summary>The option <c>--threads</c>; all of the machine's if not given.</summary>
    public static Option<int> Threads() =>
        new Option<int>("--threads")
        {
            Description = "Number of threads; results do not depend on it",
            DefaultValueFactory = _ => Math.Min(Environment.ProcessorCount, MaxThreads),
        }.Within(1, MaxThreads);

    private static T Read<T>(ArgumentResult result, string text, string option, T min, T max, string? words)
        where T : struct, INumber<T>
    {
        bool whole = T.IsInteger(T.One / (T.One + T.One));
        NumberStyles style = whole ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        if (T.TryParse(text, style, CultureInfo.InvariantCulture, out T value) && value >= min && value <= max)
            return value;
        words ??= string.Create(CultureInfo.InvariantCulture, $"{min} to {max}");
        result.AddError($"{option}: it must be {(whole ? "a whole number" : "a number")}, {words}, not '{text}'");
        return default;
    }
}
