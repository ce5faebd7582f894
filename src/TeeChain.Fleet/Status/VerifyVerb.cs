using TeeChain.Fleet.Options;

namespace TeeChain.Fleet.Status;

/// <summary><c>teechain verify</c>: 0 when all nodes agree, 1 when they do not or cannot tell, 2 for wrong usage.</summary>
internal static class VerifyVerb
{
    public static async Task<int> RunAsync(VerifyFlags flags)
    {
        var options = SurveyOptions.From(flags, out var wrong);
        wrong ??= flags.Timeout is >= 0 and <= 3600 ? null : $"--timeout is {flags.Timeout}; allowed: 0 to 3600 seconds";
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
            var result = targets.Count == 0
                ? new VerificationResult(false, [], problems[0])
                : await new Verification(nodes, TimeSpan.FromSeconds(flags.Timeout), TimeProvider.System).RunAsync(targets, CancellationToken.None);
            Write(result, Console.Out);
            return result.IsSame ? 0 : 1;
        }
    }

    public static void Write(VerificationResult result, TextWriter output)
    {
        if (result.Said.Count > 0)
        {
            foreach (var line in PlainTable.Lines(["node", "sequence", "record", "delivered"], [.. result.Said.Select(Cells)], column => column == 1))
            {
                output.WriteLine(line);
            }
        }

        output.WriteLine(PlainTable.Printable(result.Conclusion));
    }

    private static string[] Cells(NodeAt said) =>
        [PlainTable.Printable(said.Name), $"{said.Sequence}", PlainTable.Printable(said.Record ?? "-"), PlainTable.Printable(said.Delivered ?? $"cannot tell: {said.Why}")];
}
