using System.Text;
using Microsoft.AspNetCore.Http;
using TeeProxy.Chain;
using TeeProxy.Delivery;
using TeeProxy.Delivery.Comparing;

namespace TeeProxy.Tests.Delivery.Comparing;

/// <summary>When digests make a divergence, and when statuses alone do.</summary>
public sealed class BodyComparisonTests
{
    private static readonly uint Mask = AnswerMask.None.Id;

    [Theory]
    [InlineData(7, 7, 0)]
    [InlineData(7, 8, 1)]
    [InlineData(0, 8, 0)]
    [InlineData(7, 0, 0)]
    public void Digests_are_compared_where_both_are_known(ulong own, ulong heads, int divergences)
    {
        var (early, late) = (TestComparison.Of(new CursorNotes(), CompareMode.Body), TestComparison.Of(new CursorNotes(), CompareMode.Body));

        early.Begin(1);
        early.Settle(new OutcomeRecord(1, 200, heads, Mask));
        early.Answered(1, 200, own);
        late.Answered(1, 200, own);
        late.Settle(new OutcomeRecord(1, 200, heads, Mask));

        var unknown = own == 0 || heads == 0 ? 1 : 0;
        Assert.Equal((divergences, divergences, unknown, unknown), (early.Divergences, late.Divergences, early.ByStatusAlone, late.ByStatusAlone));
    }

    [Fact]
    public void A_head_that_masks_otherwise_is_compared_by_status_alone()
    {
        var comparison = TestComparison.Of(new CursorNotes(), CompareMode.Body);
        comparison.Answered(1, 200, 7);
        comparison.Answered(2, 200, 7);

        comparison.Settle(new OutcomeRecord(1, 200, 8, Mask + 1));
        comparison.Settle(new OutcomeRecord(2, 404, 7, Mask + 1));

        Assert.Equal((1, 2), (comparison.Divergences, comparison.ByStatusAlone));
    }

    [Theory]
    [InlineData("Status", 1)]
    [InlineData("Off", 0)]
    public void Other_modes_do_not_look_at_digests_and_off_not_at_statuses(string mode, int divergences)
    {
        var comparison = TestComparison.Of(new CursorNotes(), Enum.Parse<CompareMode>(mode));
        comparison.Answered(1, 200, 7);
        comparison.Answered(2, 200, 7);

        comparison.Settle(new OutcomeRecord(1, 200, 8, Mask));
        comparison.Settle(new OutcomeRecord(2, 404, 8, Mask));

        Assert.Equal((divergences, 0), (comparison.Divergences, comparison.Waiting));
        Assert.Equal(0, comparison.ByStatusAlone);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replica_reads_answers_that_nobody_awaits_and_keeps_one_that_differs(bool isSame)
    {
        var body = string.Concat(Enumerable.Repeat("0123456789", 10_000));
        using var data = new TemporaryFolder();
        await using var application = await FakeApplication.StartAsync();
        application.Answer = (context, _) => context.Response.WriteAsync(body);
        await using var node = Deliverer.Start(data, application.Address, Role.Replica, mask: AnswerMask.None);
        using var expected = new AnswerDigest(AnswerMask.None, 200, []);
        expected.Append(Encoding.ASCII.GetBytes(body));
        var digest = expected.Complete().Digest;

        var sequence = await node.ReceiveWriteAsync("/pay?card=secret");
        await node.ReceiveOutcomeAsync(sequence, 200, isSame ? digest : digest + 1, Mask);
        await node.AppliesAsync(2);

        Assert.Equal(isSame ? 0 : 1, node.Comparison.Divergences);
        var report = new AnswerArchive(node.Journal, node.Comparison, Guid.Empty, () => false).Of(sequence, hasBody: true);
        Assert.Equal(("/pay", "user=anna", 9L), (report.Write!.Path, Encoding.ASCII.GetString(report.Write.Body!), report.Write.Bytes));
        Assert.Equal((100_000L, 64 << 10, digest.ToString("x16"), 200), (report.Own!.Bytes, report.Own.Body.Length, report.Own.Digest, report.Head!.Status));
        Assert.All(new long[] { 2, 3, long.MaxValue }, other => Assert.NotNull(new AnswerArchive(node.Journal, node.Comparison, Guid.Empty, () => false).Of(other, hasBody: true).Why));
        Assert.Null(new AnswerArchive(node.Journal, node.Comparison, Guid.Empty, () => false).Of(sequence, hasBody: false).Write!.Body);
    }

    [Fact]
    public void An_answer_that_differs_stays_when_recent_ones_are_let_go()
    {
        var answers = new KeptAnswers();
        var answer = new KeptAnswer(200, 1, [], 1 << 16, new byte[1 << 16]);

        for (var sequence = 1; sequence <= 1_000; sequence++)
        {
            answers.Keep(sequence, answer);
            if (sequence % 2 == 0 && sequence <= 240)
            {
                answers.Diverged(sequence);
            }
        }

        Assert.Equal(100, Enumerable.Range(1, 240).Count(sequence => answers.Of(sequence) is not null));
        Assert.Equal((null, answer, answer), (answers.Of(40), answers.Of(42), answers.Of(1_000)));
        Assert.InRange(Enumerable.Range(241, 760).Count(sequence => answers.Of(sequence) is not null), 200, 256);
    }
}
