namespace TeeProxy.Options;

/// <summary>Finds the name that somebody probably meant.</summary>
internal static class NearestName
{
    /// <returns>Null when none is near: more than a third of the letters would have to change.</returns>
    public static string? Of(string given, IEnumerable<string> names)
    {
        var best = names.MinBy(name => Distance(given, name));
        return best is not null && Distance(given, best) * 3 <= Math.Max(given.Length, best.Length) ? best : null;
    }

    // Levenshtein's: how many letters to add, drop or change; one row of the table at a time.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
