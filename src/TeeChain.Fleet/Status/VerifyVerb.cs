using TeeChain.Fleet.Options;

namespace TeeChain.Fleet.Status;

/// <summary><c>teechain verify</c>: 0 when all nodes agree, 1 when they do not or cannot tell, 2 for wrong usage.</summary>
internal static class VerifyVerb
{
    public static Task<int> RunAsync(VerifyFlags flags)
    {
        var wrong = flags.Timeout is >= 0 and <= 3600 ? null : $"--timeout is {flags.Timeout}; allowed: 0 to 3600 seconds";
        return AllNodes.CompareAsync(flags, wrong, async (nodes, targets, problems) =>
        {
            var result = targets.Count == 0
                ? new VerificationResult(false, [], problems[0])
                : await new Verification(nodes, TimeSpan.FromSeconds(flags.Timeout), TimeProvider.System).RunAsync(targets, CancellationToken.None);
            Write(result, Console.Out);
            return result.IsSame;
        });
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
