using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class HeartOnFullDiskTests
{
    [Fact]
    public async Task What_the_head_tells_while_the_disk_is_full_is_taken_over_when_there_is_room()
    {
        using var data = new TemporaryFolder();
        await using var journal = data.OpenJournal();
        var folder = new FullFolder(data.Folder) { IsFull = true };
        var (known, removed) = (new KnownNode(Guid.NewGuid(), Guid.NewGuid(), ":9002", 5), Guid.NewGuid());
        using var member = new ChainMember(
            folder, journal, new Membership { Node = Guid.NewGuid(), Chain = Guid.NewGuid(), Role = Role.Replica, Epoch = 1, Known = [known] }, hasNext: false);
        var (time, second) = (TimeProvider.System, TimeSpan.FromSeconds(1));
        var (lease, headWindow, beats) = (new HeadLease(time), new LagWindow(time, second), new Following<Beat>(Beat.None));
        var heart = new Heart(
            member, new Office(member, journal, new ChainSettings(RolePin.Auto, ":9001", "order=total", second)), journal, () => 0, new RowTable(), lease, headWindow,
            new LagWindow(time, second), beats, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var view = new ChainView(new(1, 1), [], [], [], [new Detachment(known.Node, 9)], [removed]).Write();
        var counter = 0;
        void Beats() => new HeadFollower(lease, headWindow, beats).Observe(new Heartbeat(1, ++counter, 0, 1), view);

        Beats();
        await Assert.ThrowsAnyAsync<IOException>(() => heart.StepAsync(stop.Token));
        var running = heart.RunAsync(stop.Token);
        Assert.False(running.IsCompleted, $"{running.Exception}");
        folder.IsFull = false;

        await Eventually.TrueAsync(
            () =>
            {
                Beats();
                return member.Standing.Current.Membership.Removed.Contains(removed);
            },
            "it is taken over");
        Assert.True(MembershipFile.Load(data.Folder).Known.Single().IsDetached);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
