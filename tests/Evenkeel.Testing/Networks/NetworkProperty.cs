using System.Diagnostics;
using System.Globalization;
using CsCheck;

namespace Evenkeel.Testing.Networks;

/// <summary>
/// Something that must hold for every network. The networks are the same in every run; a network for which it does not hold is
/// made as small as it can be, and the message has one line that repeats it.
/// </summary>
public static class NetworkProperty
{
    /// <summary>Names the environment variable with the number of networks, for long runs.</summary>
    public const string CasesVariable = "EVENKEEL_PROPERTY_CASES";

    /// <summary>Names the environment variable with the seed, for other networks.</summary>
    public const string SeedVariable = "EVENKEEL_PROPERTY_SEED";

    /// <summary>Names the environment variable with one recipe, to repeat a failure.</summary>
    public const string RecipeVariable = "EVENKEEL_PROPERTY_RECIPE";

    private static readonly TimeSpan MostShrinking = TimeSpan.FromSeconds(30);

    /// <summary>Runs a property over networks.</summary>
    /// <param name="cases">How many, unless the environment says more.</param>
    /// <param name="property">Throws where it does not hold.</param>
    /// <exception cref="NetworkPropertyException">It does not hold for one.</exception>
    public static void Holds(int cases, Action<RandomNetwork> property)
    {
        ArgumentNullException.ThrowIfNull(property);
        if (Environment.GetEnvironmentVariable(RecipeVariable) is { Length: > 0 } recipe)
        {
            property(new RandomNetwork(NetworkRecipe.Parse(recipe)));
            return;
        }

        foreach (NetworkRecipe drawn in Recipes(Number(CasesVariable, cases)))
        {
            if (Failure(drawn, property) is { } failure)
                throw Shrunk(drawn, failure, property);
        }
    }

    /// <summary>The first recipes of the seed that the environment names, or of 1.</summary>
    public static IEnumerable<NetworkRecipe> Recipes(int count)
    {
        ulong seed = (ulong)Number(SeedVariable, 1);
        for (int i = 0; i < count; i++)
            yield return RandomNetwork.Recipes.Generate(new PCG((uint)i, seed), null, out _);
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;

    private static NetworkPropertyException Shrunk(
        NetworkRecipe recipe,
        Exception failure,
        Action<RandomNetwork> property
    )
    {
        long begin = Stopwatch.GetTimestamp();
        bool smaller = true;
        while (smaller && Stopwatch.GetElapsedTime(begin) < MostShrinking)
        {
            smaller = false;
            foreach (NetworkRecipe simpler in recipe.Simpler())
            {
                // Of the same kind, lest another fault is found on the way.
                if (Failure(simpler, property) is not { } same || same.GetType() != failure.GetType())
                    continue;
                (recipe, failure, smaller) = (simpler, same, true);
                break;
            }
        }

        return new NetworkPropertyException(
            $"{failure.GetType().Name}: {failure.Message}\n{new RandomNetwork(recipe)}\nRepeat it: {RecipeVariable}={recipe}\n{failure.StackTrace}",
            failure
        );
    }

    private static Exception? Failure(NetworkRecipe recipe, Action<RandomNetwork> property)
    {
        try
        {
            property(new RandomNetwork(recipe));
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, it is the property's failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
    }
}
