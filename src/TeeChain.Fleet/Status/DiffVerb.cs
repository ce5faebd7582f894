using System.Globalization;
using TeeChain.Fleet.Options;

namespace TeeChain.Fleet.Status;

/// <summary><c>teechain diff</c>: 0 when all nodes answered alike, 1 when they did not or one cannot tell, 2 for wrong usage.</summary>
internal static class DiffVerb
{
    public static async Task<int> RunAsync(DiffFlags flags)
    {
        var options = SurveyOptions.From(flags, out var wrong);
        if (!long.TryParse(flags.Sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) || sequence == 0)
        {
            wrong = $"'{flags.Sequence}' is no sequence; allowed: a whole number from 1";
        }

        if (options is null || wrong is not null)
        {
            await Console.Error.WriteLineAsync($"teechain: {wrong}");
            return Verbs.Misused;
        }

        var (nodes, registry) = options.Clients();
        using (nodes)
        using (registry)
        {
            var (targets, problems) = await new FleetSurvey(options.Nodes, registry, nodes).TargetsAsync(CancellationToken.None);
            var replies = await Task.WhenAll(targets.Select(async target =>
                new NodeAnswer(target.Name, await nodes.AnswersAsync(target.Admin, sequence, flags.Bodies, CancellationToken.None))));
            var report = new DiffReport(sequence, replies);
            report.Write(Console.Out);
            foreach (var problem in problems)
            {
                await Console.Error.WriteLineAsync($"teechain: {PlainTable.Printable(problem)}");
            }

            return report.IsSame ? 0 : 1;
        }
    }
}
