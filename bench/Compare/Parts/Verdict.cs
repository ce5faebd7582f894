using Compare.Load;

namespace Compare.Parts;

/// <summary>What one node's application has of the writes, against what clients were told and against the first node's order.</summary>
/// <param name="Lost">Acknowledged writes that it never saw.</param>
/// <param name="Repeated">Writes that it saw again.</param>
/// <param name="DisorderPercent">Of the first node's neighbouring writes, how many it saw the other way round.</param>
/// <param name="UserDisorderPercent">The same, of neighbouring writes of one user.</param>
internal sealed record Verdict(int Lost, int Repeated, double DisorderPercent, double UserDisorderPercent)
{
    public static Verdict Of(int[] log, int[] first, IReadOnlyList<int> acknowledged)
    {
        var positions = new Dictionary<int, int>(log.Length);
        var repeated = 0;
        for (var i = 0; i < log.Length; i++)
        {
            repeated += positions.TryAdd(log[i], i) ? 0 : 1;
        }

        var byUser = first.GroupBy(WriteRequest.UserOf).ToList();
        return new Verdict(
            acknowledged.Count(id => !positions.ContainsKey(id)),
            repeated,
            Disorder(first, positions),
            byUser.Count == 0 ? 0 : byUser.Average(writes => Disorder([.. writes], positions)));
    }

    private static double Disorder(int[] order, Dictionary<int, int> positions)
    {
        int pairs = 0, reversed = 0;
        for (var i = 1; i < order.Length; i++)
        {
            if (positions.TryGetValue(order[i - 1], out var before) && positions.TryGetValue(order[i], out var behind))
            {
                pairs++;
                reversed += before > behind ? 1 : 0;
            }
        }

        return pairs == 0 ? 0 : 100.0 * reversed / pairs;
    }
}
