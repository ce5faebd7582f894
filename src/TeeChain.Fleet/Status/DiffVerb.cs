using System.Globalization;
using TeeChain.Fleet.Options;

namespace TeeChain.Fleet.Status;

/// <summary><c>teechain diff</c>: 0 when all nodes answered alike, 1 when they did not or one cannot tell, 2 for wrong usage.</summary>
internal static class DiffVerb
{
    public static Task<int> RunAsync(DiffFlags flags)
    {
        var isSequence = long.TryParse(flags.Sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence > 0;
        var wrong = isSequence ? null : $"'{flags.Sequence}' is no sequence; allowed: a whole number from 1";
        return AllNodes.CompareAsync(flags, wrong, async (nodes, targets, problems) =>
        {
            var replies = await Task.WhenAll(targets.Select(async target =>
                new NodeAnswer(target.Name, await nodes.AnswersAsync(target.Admin, sequence, flags.Bodies, CancellationToken.None))));
            var report = new DiffReport(sequence, replies);
            report.Write(Console.Out);
            foreach (var problem in problems)
            {
                await Console.Error.WriteLineAsync($"teechain: {PlainTable.Printable(problem)}");
            }

            return report.IsSame;
        });
    }
}
