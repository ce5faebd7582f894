using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

/// <summary>A member with its journal, as a process has them.</summary>
internal sealed class Part : IAsyncDisposable
{
    /// <param name="time">Of the lease and the windows, not of the journal.</param>
    public Part(TemporaryFolder data, bool hasNext, ChainSettings settings, TimeProvider time)
    {
        Journal = data.OpenJournal();
        var membership = MembershipFile.Load(data.Folder);
        MembershipFile.Save(data.Folder, membership);
        Lease = new HeadLease(time);
        HeadWindow = new LagWindow(time, TimeSpan.FromSeconds(1));
        OwnWindow = new LagWindow(time, TimeSpan.FromSeconds(1));
        Member = new ChainMember(data.Folder, Journal, membership, hasNext);
        Office = new Office(Member, Journal, settings);
        Openings = new Openings(Member, Journal, settings, Lease, HeadWindow, () => Applied);
        Heart = new Heart(Member, Office, Journal, () => Applied, Rows, Lease, HeadWindow, OwnWindow, Beats, time);
        HandOver = new HandOver(Member, Openings, Journal, Rows, time);
    }

    /// <summary>What its application has, as a test says.</summary>
    public long Applied { get; set; }

    public Journal Journal { get; }

    public HeadLease Lease { get; }

    public LagWindow HeadWindow { get; }

    public LagWindow OwnWindow { get; }

    public ChainMember Member { get; }

    public Office Office { get; }

    public Openings Openings { get; }

    public Heart Heart { get; }

    public HandOver HandOver { get; }

    public Following<Beat> Beats { get; } = new(Beat.None);

    public RowTable Rows { get; } = new();

    public Guid Node => Member.Node;

    public Standing Standing => Member.Standing.Current;

    public Membership Membership => Standing.Membership;

    public static ChainSettings Settings(string address, TimeSpan? patience = null) =>
        new(RolePin.Auto, address, "order=total", patience ?? Eventually.Deadline);

    public Opening Open(OpeningPurpose purpose) => Openings.Open(Standing, purpose);

    public Task<JournalPosition> AppendAsync() => Journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST / HTTP/1.1\r\n\r\n"u8.ToArray(), default));

    /// <summary>Null when it was recorded.</summary>
    public async Task<AppendFailure?> WhyNotAppendedAsync()
    {
        try
        {
            await AppendAsync();
            return null;
        }
        catch (JournalAppendException e)
        {
            return e.Failure;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        Member.Dispose();
    }
}
