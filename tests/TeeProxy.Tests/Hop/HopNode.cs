using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeChain.Protocol.Tls;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Hop;
using TeeProxy.Tls;

namespace TeeProxy.Tests.Hop;

/// <summary>A node's hop without its application: a real journal, a real Kestrel with the hop's door, and a link to the next.</summary>
internal sealed class HopNode : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly HopDialer _dialer;
    private readonly OpeningExchange _exchange;
    private readonly PredecessorLink _predecessor;
    private readonly RowSource _rows;

    private HopNode(TemporaryFolder data, WebApplication server, Address address, string secret, bool hasNext, string settings, JournalOptions? journal, CredentialsWatch? tls)
    {
        (_server, Address) = (server, address);
        _dialer = new HopDialer(tls is null ? null : new TlsConnector(tls));
        _exchange = new OpeningExchange(new OpeningCodec(System.Text.Encoding.UTF8.GetBytes(secret)));
        Journal = data.OpenJournal(journal);
        var membership = MembershipFile.Load(data.Folder);
        MembershipFile.Save(data.Folder, membership);
        Lease = new HeadLease(TimeProvider.System);
        var headWindow = new LagWindow(TimeProvider.System, TimeSpan.FromSeconds(1));
        Problems = new Problems(TimeProvider.System);
        Progress = new Progress(0);
        var chain = new ChainSettings(RolePin.Auto, address.ToString(), settings, Eventually.Deadline);
        Folder = new FullFolder(data.Folder);
        Member = new ChainMember(Folder, Journal, membership, hasNext);
        Openings = new Openings(Member, Journal, chain, Lease, headWindow, () => Progress.Applied);
        Office = new Office(Member, Journal, chain);
        _rows = new RowSource(
            Member, Journal, Progress, Ahead, Rows, _ => (AckState.Readable, new NodeDetail { Address = address.ToString(), Admin = "none" }));
        _predecessor = new PredecessorLink(
            Member, Openings, new HandOver(Member, Openings, Journal, Rows, TimeProvider.System), Journal, new HeadFollower(Lease, headWindow, Beats), _rows, Ahead, Progress, _exchange, Problems, new DiskLog(Disk), Clock, NullLogger<PredecessorLink>.Instance);
        Heart = new Heart(Member, Office, Journal, () => Progress.Applied, Rows, Lease, headWindow, new LagWindow(TimeProvider.System, TimeSpan.FromSeconds(1)), Beats, TimeProvider.System);
    }

    public const string Secret = "the secret that all nodes share";

    public Address Address { get; }

    public Journal Journal { get; }

    /// <summary>For what the node writes down of its place; not the journal's.</summary>
    public FullFolder Folder { get; }

    /// <summary>What is said of the disk.</summary>
    public Events Disk { get; } = new();

    public ChainMember Member { get; }

    public Office Office { get; }

    public Openings Openings { get; }

    public HeadLease Lease { get; }

    public Heart Heart { get; }

    public Problems Problems { get; }

    public Progress Progress { get; }

    public RowTable Rows { get; } = new();

    /// <summary>What the nodes before this one have reached.</summary>
    public RowTable Ahead { get; } = new();

    public Following<Beat> Beats { get; } = new(Beat.None);

    /// <summary>By which the predecessor's silence is measured.</summary>
    public HandClock Clock { get; } = new();

    public PreviousStatus? Previous => _predecessor.Status;

    public static async Task<HopNode> StartAsync(
        TemporaryFolder data, string secret = Secret, bool hasNext = false, string settings = "order=total", JournalOptions? journal = null,
        CredentialsWatch? tls = null)
    {
        HopDoor? door = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, port =>
        {
            if (tls is not null)
            {
                new TlsDoor(tls).Open(port, forNodes: true);
            }
        }));
        var server = builder.Build();
        server.Run(context =>
        {
            if (HopDoor.IsAskedFor(context))
            {
                return door!.ServeAsync(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        await server.StartAsync();

        var node = new HopNode(data, server, new Address("127.0.0.1", new Uri(server.Urls.Single()).Port), secret, hasNext, settings, journal, tls);
        door = new HopDoor(node._predecessor, tls is { Current.IsMutual: true }, server.Lifetime.ApplicationStopping);
        return node;
    }

    /// <summary>A link that has the stream.</summary>
    public SuccessorLink LinkTo(Address next)
    {
        var link = new SuccessorLink(
            next, Member, Openings, Journal, Beats, Rows, _rows, Progress, _exchange, _dialer, Problems, TimeProvider.System, NullLogger<SuccessorLink>.Instance);
        link.Assign(LinkPart.Stream);
        return link;
    }

    /// <summary>Makes this node the head of a chain; its link to the next, if it has one, must be running.</summary>
    public async Task FoundAsync() => Assert.Same(Admittance.Admitted.Instance, await Office.AdmitAsync(TestContext.Current.CancellationToken));

    public async Task AppendAsync(int count, Func<int, int> bodyBytes)
    {
        var random = new Random(count);
        var appends = new Task[count];
        for (var i = 0; i < count; i++)
        {
            var body = new byte[bodyBytes(i)];
            random.NextBytes(body);
            appends[i] = Journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory("POST /x HTTP/1.1\r\n\r\n"u8.ToArray(), body));
        }

        await Task.WhenAll(appends);
    }

    public Task ReachesAsync(long sequence) => Eventually.TrueAsync(() => Journal.Last.Sequence >= sequence, $"{Address} holds record {sequence}");

    /// <summary>Every stage of a stop, as in a node.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None);
        await _server.DisposeAsync();
        await Journal.DisposeAsync();
        _predecessor.Dispose();
        _dialer.Dispose();
        Member.Dispose();
        Progress.Dispose();
    }
}

/// <summary>A link's loop, stopped when the test is done with it.</summary>
internal sealed class RunningLink : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public RunningLink(SuccessorLink link) => _loop = link.RunAsync(_stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }
}
