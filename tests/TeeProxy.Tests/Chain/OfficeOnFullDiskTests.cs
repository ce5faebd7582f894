using TeeChain.Journaling;
using TeeProxy.Chain;
using TeeProxy.Tests.Ingress;

namespace TeeProxy.Tests.Chain;

public sealed class OfficeOnFullDiskTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_chain_whose_id_finds_no_room_is_founded_once_there_is()
    {
        await using var journal = _data.OpenJournal();
        var folder = new FullFolder(_data.Folder) { IsFull = true };
        using var member = Fresh(folder, journal);
        var office = Office(member, journal);

        Assert.Same(Admittance.DiskFull.Instance, await office.AdmitAsync(Cancellation));
        Assert.Null(member.Standing.Current.Membership.Chain);
        folder.IsFull = false;

        Assert.Same(Admittance.Admitted.Instance, await office.AdmitAsync(Cancellation));
    }

    [Fact]
    public async Task An_epoch_whose_record_finds_no_room_is_begun_once_there_is()
    {
        var folder = new FailingFolder(_data.Folder);
        await using var journal = Journal.Open(folder, new JournalOptions { SegmentBytes = 1 << 20, MaxBytes = 64 << 20 });
        using var member = Fresh(_data.Folder, journal);
        var office = Office(member, journal);
        folder.FailNextWrite(new DiskFullException("segment"));

        Assert.Same(Admittance.DiskFull.Instance, await office.AdmitAsync(Cancellation));
        Assert.False(member.Standing.Current.MayTakeWrites);

        Assert.Same(Admittance.Admitted.Instance, await office.AdmitAsync(Cancellation));
        Assert.Equal(1, journal.Last.Sequence);
    }

    [Fact]
    public async Task A_head_that_finds_no_room_to_write_down_that_it_leads_goes_on_from_the_record_of_its_epoch()
    {
        await using var journal = _data.OpenJournal();
        var folder = new FullFolder(_data.Folder);
        var self = Guid.NewGuid();
        var founding = new Membership { Node = self, Chain = Guid.NewGuid(), Role = Role.Head, IsTakingOffice = true, Epoch = 1, Head = self, HeadAddress = ":9000" };
        using var member = new ChainMember(folder, journal, founding, hasNext: false);
        var office = Office(member, journal);
        folder.IsFull = true;

        Assert.Same(Admittance.DiskFull.Instance, await office.AdmitAsync(Cancellation));
        Assert.Equal((1, false), (journal.Last.Sequence, member.Standing.Current.MayTakeWrites));
        folder.IsFull = false;

        Assert.Same(Admittance.Admitted.Instance, await office.AdmitAsync(Cancellation));
        Assert.Equal(1, journal.Last.Sequence);
    }

    private static ChainMember Fresh(IFolder folder, Journal journal) => new(folder, journal, new Membership { Node = Guid.NewGuid() }, hasNext: false);

    private static Office Office(ChainMember member, Journal journal) => new(member, journal, Part.Settings(":9000"));
}
