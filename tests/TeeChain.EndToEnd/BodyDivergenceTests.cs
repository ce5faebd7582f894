using System.Text.RegularExpressions;
using TeeChain.EndToEnd.Harness;
using TeeChain.Protocol.Status;

namespace TeeChain.EndToEnd;

/// <summary><c>--compare body</c>: an answer with another body is seen, shown beside the head's, and may be asked to be passed over.</summary>
public sealed class BodyDivergenceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_body_is_listed_with_both_digests_and_diff_shows_both_answers()
    {
        await using var fleet = await StartAsync("--compare", "body");

        var answer = await OneWrite.RegisterAsync(fleet.Address, "anna", Cancellation, path: "/register?key=hidden", password: "unsaid");
        Assert.Equal("""{"user":"anna","version":1,"token":1}""", answer.Body);

        var divergence = Assert.Single((await DivergesAsync(fleet.Nodes[1])).RecentDivergences);
        Assert.Equal((201, 201), (divergence.Status, divergence.HeadStatus));
        Assert.NotEqual(divergence.Digest, divergence.HeadDigest);
        Assert.Equal(0, (await fleet.Nodes[2].StatusAsync(Cancellation)).Divergences);
        var (exit, shown) = await DiffAsync(fleet, divergence.Sequence);
        Assert.Equal(1, exit);
        foreach (var part in (string[])["POST /register, body of", divergence.Digest!, divergence.HeadDigest!, "differs from the head's", "\"token\":1}", "\"token\":2}", "Content-Type: application/json"])
        {
            Assert.Contains(part, shown, StringComparison.Ordinal);
        }

        Assert.DoesNotMatch(new Regex("unsaid|hidden"), shown);
        Assert.Contains("password=unsaid", (await DiffAsync(fleet, divergence.Sequence, "--bodies")).Output, StringComparison.Ordinal);

        await fleet.Head.KillAsync(Cancellation);
        fleet.Head.Start();
        await fleet.Head.ReadyAsync("write", Cancellation);
        var (_, later) = await DiffAsync(fleet, divergence.Sequence);
        Assert.Contains($"{divergence.HeadDigest}         its answer is not kept", Regex.Replace(later, " {2,}", "         "), StringComparison.Ordinal);
        Assert.Contains("\"token\":2}", later, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_to_be_ignored_makes_no_difference_and_all_else_does()
    {
        await using var fleet = await StartAsync("--compare", "body", "--compare-ignore", "json:/token");

        await OneWrite.RegisterAsync(fleet.Address, "anna", Cancellation);
        var written = (await fleet.Head.StatusAsync(Cancellation)).LastSequence;
        await Eventually.TrueAsync(
            async () => (await fleet.Nodes[1].StatusAsync(Cancellation)).AppliedSequence >= written, "the second application has answered it", Cancellation);
        await fleet.Apps[1].MutateAnswersAsync(299, Cancellation);
        await OneWrite.RegisterAsync(fleet.Address, "berta", Cancellation);

        var status = await DivergesAsync(fleet.Nodes[1]);
        Assert.Equal(299, Assert.Single(status.RecentDivergences).Status);
        Assert.Equal(("body", 0L), (status.Compare, status.ComparedByStatusAlone));
        Assert.Equal(["json:/token"], status.CompareIgnore);
    }

    private static async Task<Fleet> StartAsync(params string[] flags)
    {
        var fleet = await Fleet.StartAsync(new FleetPlan { Adjust = (_, node) => node with { Others = flags } }, Cancellation);
        for (var i = 0; i < fleet.Apps.Count; i++)
        {
            await fleet.Apps[i].MutateBodiesAsync(i == 1 ? 2 : 1, Cancellation);
        }

        return fleet;
    }

    private static async Task<NodeStatus> DivergesAsync(TeeProxyNode node)
    {
        NodeStatus status = null!;
        await Eventually.TrueAsync(async () => (status = await node.StatusAsync(Cancellation)).RecentDivergences.Count > 0, "the divergence is listed", Cancellation);
        return status;
    }

    private static async Task<(int Exit, string Output)> DiffAsync(Fleet fleet, long sequence, params string[] flags)
    {
        using var folder = new TestFolder();
        await using var diff = RealProcess.Start(
            Repository.TeeChain,
            ["diff", $"{sequence}", .. fleet.Nodes.Select(node => $":{node.Flags.Admin}"), "--secret-file", fleet.Head.Flags.SecretFile!, .. flags],
            folder.File("diff.log"));
        return (await diff.WaitExitAsync(Cancellation), diff.Log);
    }
}
