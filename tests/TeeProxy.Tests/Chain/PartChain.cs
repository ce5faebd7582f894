using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

/// <summary>
/// Three members of a chain at record 4, without a hop: what they ask each other is called. A test says who is down, and
/// may come between.
/// </summary>
internal sealed class PartChain : IAsyncDisposable
{
    public const string HeadAddress = ":9000";
    public const string NextAddress = ":9001";
    public const string TailAddress = ":9002";

    private readonly TimeProvider _time;
    private readonly Dictionary<string, TemporaryFolder> _folders = [];
    private readonly Dictionary<string, Part> _parts = [];

    private PartChain(TimeProvider time) => _time = time;

    public Part Head => _parts[HeadAddress];

    /// <summary>The one behind the head.</summary>
    public Part Next => _parts[NextAddress];

    public Part Tail => _parts[TailAddress];

    /// <summary>Whom nobody can reach.</summary>
    public HashSet<string> Down { get; } = [];

    /// <summary>Called before a question is put; what it returns is the answer, but for null.</summary>
    public Func<string, Opening, Task<OpeningAnswer?>>? Between { get; set; }

    /// <summary>What was asked, in its order.</summary>
    public List<(string Address, OpeningPurpose Purpose)> Asked { get; } = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<PartChain> StartAsync(TimeProvider? time = null)
    {
        var chain = new PartChain(time ?? new HandClock());
        var head = chain.Open(HeadAddress);
        await head.Office.AdmitAsync(Cancellation);
        foreach (var address in (string[])[NextAddress, TailAddress])
        {
            var fresh = MembershipFile.Load(chain.Folder(address).Folder);
            MembershipFile.Save(chain.Folder(address).Folder, head.Membership with { Node = fresh.Node, Role = Role.Replica });
            chain.Open(address);
        }

        for (var i = 0; i < 3; i++)
        {
            await head.AppendAsync();
        }

        foreach (var replica in (Part[])[chain.Next, chain.Tail])
        {
            await head.Member.ChangeAsync(now => now.WithKnown(new(replica.Node, replica.Journal.JournalId, replica.Openings.Address, 1)), Cancellation);
            await chain.CopyAsync(replica);
        }

        await chain.Next.Member.ChangeAsync(now => now.WithKnown(new(chain.Tail.Node, chain.Tail.Journal.JournalId, TailAddress, 1)), Cancellation);
        await chain.TellAsync();
        await head.Member.ChangeAsync(now => CountRule.Count(now, head.Rows.Rows.Select(row => row.Ack)), Cancellation);
        await chain.TellAsync();
        return chain;
    }

    /// <summary>What the head tells is with everybody, and the head knows it.</summary>
    public async Task TellAsync()
    {
        foreach (var replica in (Part[])[Next, Tail])
        {
            await replica.Member.ChangeAsync(now => ViewRule.Adopt(now, ViewRule.Of(Head.Membership)), Cancellation);
            Head.Rows.Update([.. Head.Rows.Rows.Select(row => row.Ack.Node == replica.Node ? row.Ack with { View = replica.Membership.View } : row.Ack)]);
        }
    }

    /// <summary>The replica gets all that the head has, and the head hears of it.</summary>
    public async Task CopyAsync(Part replica)
    {
        using (var reader = Head.Journal.OpenReader(replica.Journal.Last.Sequence))
        {
            var buffer = new byte[64 << 10];
            var count = reader.ReadRaw(buffer);
            Assert.True((await replica.Journal.AppendReceivedAsync(buffer.AsMemory(0, count), Cancellation)).IsAccepted);
        }

        await replica.Journal.FlushAsync(Cancellation);
        Assert.Equal(Head.Journal.Last, replica.Journal.Last);
        var rows = Head.Rows.Rows.Select(row => row.Ack).Where(ack => ack.Node != replica.Node);
        Head.Rows.Update([.. rows, new AckRow(replica.Node, replica.Journal.JournalId, replica.Journal.Last.Sequence, 0, replica.Membership.View, AckState.None, default)]);
    }

    public async Task<OpeningAnswer?> AskAsync(string address, Opening opening, TimeSpan patience, CancellationToken cancellation)
    {
        lock (Asked)
        {
            Asked.Add((address, opening.Purpose));
        }

        if (Between is not null && await Between(address, opening) is { } answer)
        {
            return answer;
        }

        return Down.Contains(address) ? null : opening.Purpose switch
        {
            OpeningPurpose.HandOver => await _parts[address].HandOver.AnswerAsync(opening, cancellation),
            OpeningPurpose.Promise => await _parts[address].Openings.PromiseAsync(opening, cancellation),
            _ => await _parts[address].Openings.InformAsync(opening, cancellation),
        };
    }

    /// <summary>The process of that node is killed and starts again; before, <paramref name="change"/> may set back what is durable.</summary>
    public async Task<Part> RestartAsync(string address, Func<Membership, Membership>? change = null)
    {
        await _parts[address].DisposeAsync();
        var folder = Folder(address).Folder;
        var durable = MembershipFile.Load(folder);
        MembershipFile.Save(folder, change?.Invoke(durable) ?? durable);
        return Open(address);
    }

    public Membership Durable(string address) => MembershipFile.Load(Folder(address).Folder);

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _parts.Values)
        {
            await part.DisposeAsync();
        }

        foreach (var folder in _folders.Values)
        {
            folder.Dispose();
        }
    }

    private TemporaryFolder Folder(string address) => _folders.TryGetValue(address, out var folder) ? folder : _folders[address] = new TemporaryFolder();

    private Part Open(string address) => _parts[address] = new Part(Folder(address), hasNext: false, Part.Settings(address), _time);
}
