using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Application;
using TeeProxy.Chain;
using TeeProxy.Ingress;
using TeeProxy.Options;
using TeeProxy.Requests;
using TeeProxy.Spooling;
using Yarp.ReverseProxy.Forwarder;

namespace TeeProxy.Tests.Ingress;

/// <summary>
/// The listen port on a real Kestrel over a real journal. In place of delivery a loop reads the journal and answers
/// what waits, as <see cref="Answer"/> says.
/// </summary>
internal sealed class Door : IAsyncDisposable
{
    public static readonly Guid Node = Guid.Parse("1234abcd-0000-0000-0000-000000000000");

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "door-" + Guid.NewGuid().ToString("N"));
    private readonly DiskFolder _disk;
    private readonly Meter _meter = new("TeeChain");
    private readonly CancellationTokenSource _stop = new();
    private readonly PassThrough _passThrough;
    private readonly WebApplication _server;
    private Task _delivery = Task.CompletedTask;

    private Door(NodeOptions options, Func<IFolder, IFolder> wrap, long budgetBytes)
    {
        Pending = new PendingWrites(isOpen: options.Ack == AckLevel.Local);
        _disk = DiskFolder.OpenOrCreate(_folder);
        Journal = Journal.Open(wrap(_disk), new JournalOptions { SegmentBytes = 1 << 20, MaxBytes = budgetBytes });

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            KestrelLimits.Apply(kestrel, options.MaxHeadBytes);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _server = builder.Build();

        var self = new Pseudonym(Node);
        var admission = new Admission(self, options.MaxHeadBytes, options.MaxBodyBytes, Journal, (bytes, _) => new(MakeRoom(bytes)), Health, Hold, () => IsClosed, _ => ValueTask.FromResult(Admittance));
        var intake = new WriteIntake(
            options, admission, new ForwardedHead(self), new BodySpool(SpoolFolder), Journal, (bytes, _) => new(MakeRoom(bytes)), Pending, sequence => $"--ack chain: {sequence} is on its way.", new DiskLog(Disk), TimeProvider.System, NullLogger<WriteIntake>.Instance);
        _passThrough = new PassThrough(options.Local, self, _server.Services.GetRequiredService<IHttpForwarder>(), NullLogger<PassThrough>.Instance);
        var endpoint = new TeeEndpoint(
            new TeeRule(options.TeeMethods, options.TeePaths), admission, intake, _passThrough,
            new IngressInstruments(_meter, TimeProvider.System), NullLogger<TeeEndpoint>.Instance);
        _server.Run(endpoint.InvokeAsync);
        Health.ReportUp();
    }

    /// <summary>A write as the applications would get it.</summary>
    internal sealed record Delivered(RequestHead Head, byte[] Body)
    {
        public string Text => Encoding.Latin1.GetString(Body);

        public string? this[string name] =>
            Head.Headers.Any(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                ? string.Join(" | ", Head.Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value))
                : null;
    }

    public Journal Journal { get; }

    /// <summary>What is said of the disk.</summary>
    public Events Disk { get; } = new();

    public PendingWrites Pending { get; }

    public Hold Hold { get; } = new(TimeProvider.System);

    public ApplicationHealth Health { get; } = new();

    public bool IsClosed { get; set; }

    public Admittance Admittance { get; set; } = Admittance.Admitted.Instance;

    /// <summary>Asked when the journal has no room for so many bytes; whether it has then.</summary>
    public Func<long, bool> MakeRoom { get; set; } = static _ => false;

    /// <summary>What the application answers; null: nothing, ever.</summary>
    public Func<Delivered, Answer?> Answer { get; set; } = _ => Text(200, "done");

    public ConcurrentQueue<Delivered> Writes { get; } = new();

    public string SpoolFolder => Path.Combine(_folder, "spool");

    public int Port { get; private set; }

    public string Pseudonym => "teechain-1234abcd";

    public static Answer Text(int status, string body, params (string Name, string Value)[] headers) => new(
        status, null, [.. headers.Select(header => new KeyValuePair<string, string>(header.Name, header.Value))],
        new SpooledBody(Encoding.Latin1.GetBytes(body), null, body.Length));

    public static async Task<Door> OpenAsync(
        int application = 1, Func<NodeOptions, NodeOptions>? change = null, Func<IFolder, IFolder>? wrap = null, long budgetBytes = 256 << 20)
    {
        var options = ((Command.Run)OptionsParser.Parse(["--local", $":{application}", "--insecure"], _ => null)).Options;
        var door = new Door(change?.Invoke(options) ?? options, wrap ?? (folder => folder), budgetBytes);
        await door._server.StartAsync(TestContext.Current.CancellationToken);
        var addresses = door._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        door.Port = new Uri(addresses.Addresses.Single()).Port;
        door._delivery = Task.Run(door.DeliverAsync);
        return door;
    }

    public Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Port);

    /// <summary>Sends one request on a connection of its own.</summary>
    public async Task<RawAnswer> AskAsync(string request, bool isHead = false)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(request);
        return await client.ReceiveAsync(isHead);
    }

    /// <summary>What was counted under teechain_requests_total, as "POST answered".</summary>
    public static MeterListener Listen(ConcurrentQueue<string> counted)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "teechain_requests_total")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => counted.Enqueue($"{tags[0].Value} {tags[1].Value}"));
        listener.Start();
        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Pending.ReleaseAll("The node stops.");
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _delivery;
        await _server.DisposeAsync();
        _passThrough.Dispose();
        await Journal.DisposeAsync();
        _disk.Dispose();
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task DeliverAsync()
    {
        using var reader = Journal.OpenReader(0);
        try
        {
            while (await reader.WaitAsync(_stop.Token))
            {
                while (reader.TryRead(out var entry))
                {
                    var body = new MemoryStream();
                    using (var stream = entry.BodyInMemory ? new MemoryStream(entry.Body.ToArray()) : entry.OpenBody())
                    {
                        await stream.CopyToAsync(body, _stop.Token);
                    }

                    var delivered = new Delivered(RequestHead.Decode(entry.Head.Span), body.ToArray());
                    Writes.Enqueue(delivered);
                    if (Answer(delivered) is { } answer)
                    {
                        Pending.Answered(entry.Sequence, answer);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (JournalFaultedException)
        {
        }
    }
}
