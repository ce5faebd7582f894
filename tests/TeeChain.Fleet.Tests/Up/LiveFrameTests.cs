using FsCheck;
using FsCheck.Fluent;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Status;
using TeeChain.Fleet.Up;

namespace TeeChain.Fleet.Tests.Up;

public sealed class LiveFrameTests
{
    private static readonly string[] Told = [.. Enumerable.Range(1, 50).Select(number => $"12:00:00 event {number} of a length that no narrow terminal has room for, however it is turned")];

    private static StatusReport Report => StatusReport.From(
        [.. Enumerable.Range(1, 3).Select(number => FleetRow.From(new NodeTarget($"node{number}", "127.0.0.1:1", WorkerState.Present), new(null, null, "it does not answer"), null))], []);

    [Fact]
    public void It_never_is_larger_than_the_terminal() => Check.One(
        FsCheck.Config.QuickThrowOnFailure,
        Prop.ForAll(Gen.Choose(1, 200).Zip(Gen.Choose(1, 60)).ToArbitrary(), size => Lines(size.Item1, size.Item2).Count <= size.Item2));

    [Fact]
    public void What_happened_last_stands_at_the_bottom_and_is_cut_to_the_width()
    {
        var lines = Lines(60, 20);

        Assert.Equal(20, lines.Count);
        Assert.StartsWith("12:00:00 event 50 of", lines[^1], StringComparison.Ordinal);
        Assert.Equal(60, lines[^1].Length);
    }

    [Fact]
    public void A_narrow_terminal_has_fewer_columns_and_no_broken_words()
    {
        var (wide, narrow) = (string.Join('\n', Lines(200, 20)), string.Join('\n', Lines(80, 20)));

        Assert.Contains("divergences", wide, StringComparison.Ordinal);
        Assert.DoesNotContain("divergences", narrow, StringComparison.Ordinal);
        Assert.All((string[])["node", "role", "sequence", "ready"], column => Assert.Contains($" {column} ", narrow, StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> Lines(int columns, int rows) => new LiveFrame("3 workers", Report, Told).Lines(columns, rows);
}
