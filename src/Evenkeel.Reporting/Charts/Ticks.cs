namespace Evenkeel.Reporting.Charts;

/// <summary>Where an axis has its marks: round numbers inside its range.</summary>
internal static class Ticks
{
    private static readonly double[] RoundSteps = [1, 2, 2.5, 5, 10];
    private static readonly double[][] WithinDecade =
    [
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 5],
        [1],
    ];

    /// <summary>The round step that divides a range into about <paramref name="wanted"/> parts.</summary>
    public static double Step(double range, int wanted)
    {
        double rough = range / wanted;
        double decade = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        foreach (double step in RoundSteps)
        {
            if (step * decade >= rough * (1 - 1e-9))
                return step * decade;
        }
        return 10 * decade;
    }

    /// <summary>Multiples of a round step from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public static double[] Linear(double low, double high, int wanted)
    {
        double step = Step(high - low, wanted);
        // Counted as multiples, so that no error adds up and zero is zero; the slack keeps marks at the very ends.
        double first = Math.Ceiling((low / step) - 1e-6);
        double last = Math.Floor((high / step) + 1e-6);
        int decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(step)), 0, 15);
        var ticks = new List<double>();
        for (double multiple = first; multiple <= last; multiple++)
            ticks.Add(Math.Round(multiple * step, decimals));
        return [.. ticks];
    }

    /// <summary>Powers of ten, with marks between them where there are few, and only some of them where there are many.</summary>
    public static double[] Logarithmic(double low, double high, int wanted)
    {
        int firstDecade = (int)Math.Floor(Math.Log10(low) + 1e-9);
        int lastDecade = (int)Math.Ceiling(Math.Log10(high) - 1e-9);
        double[] best = [];
        foreach (double[] within in WithinDecade)
        {
            best = Marks(low, high, firstDecade, lastDecade, within);
            if (best.Length <= wanted + 1)
                return best.Length >= 2 ? best : Linear(low, high, wanted);
        }
        int stride = (best.Length + wanted - 1) / wanted;
        return [.. best.Where((_, index) => index % stride == 0)];
    }

    /// <summary>The marks as text, with as many digits as it takes to tell neighbours apart.</summary>
    public static string[] Text(double[] marks)
    {
        double smallestStep = marks.Zip(marks.Skip(1), (a, b) => b - a).DefaultIfEmpty(1).Min();
        double largest = marks.Select(Math.Abs).DefaultIfEmpty(1).Max();
        int digits = (int)Math.Ceiling(Math.Log10(largest / smallestStep)) + 2;
        int significant = Math.Clamp(digits, NumberText.Significant, 15);
        return [.. marks.Select(mark => NumberText.Short(mark, significant))];
    }

    private static double[] Marks(double low, double high, int firstDecade, int lastDecade, double[] within)
    {
        var marks = new List<double>();
        for (int decade = firstDecade; decade <= lastDecade; decade++)
        {
            foreach (double digit in within)
            {
                double mark = digit * Math.Pow(10, decade);
                if (mark >= low * (1 - 1e-9) && mark <= high * (1 + 1e-9))
                    marks.Add(mark);
            }
        }
        return [.. marks];
    }
}
