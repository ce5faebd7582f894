using TeeChain.Protocol.Systemd;
using TeeProxy;
using TeeProxy.Ingress;
using TeeProxy.Inspection;
using TeeProxy.Options;
using TeeProxy.Registration;
using TeeProxy.Status;
using TeeProxy.Tracing;

switch (OptionsParser.Parse(args, Environment.GetEnvironmentVariable))
{
    case Command.Exit exit:
        await (exit.Code == 0 ? Console.Out : Console.Error).WriteLineAsync(exit.Text.TrimEnd());
        return exit.Code;
    case Command.Journal journal:
        return JournalCommand.Run(journal, Console.Out, Console.Error);
    case Command.Seed seed:
        return SeedCommand.Run(seed, Console.Out, Console.Error);
    case Command.Run run:
        InlineSockets.Enable();
        try
        {
            return await RunAsync(run.Options);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync($"teeproxy: {NodeServer.WhyNotStarted(e, run.Options) ?? e.Message}");
            return 1;
        }

    default:
        throw new InvalidOperationException("A command without an arm here.");
}

static async Task<int> RunAsync(NodeOptions options)
{
    using var logs = LogSetup.Create(options.JsonLog);
    await using var node = Node.Open(options, logs, TimeProvider.System);

    using var tracing = options.Tracing is { } told
        ? new TraceExport(told, node.Member.Node, () => node.Member.Standing.Current.Membership.Role.ToString().ToLowerInvariant(), StatusSource.Version, node.Meter)
        : null;

    var metrics = MetricsExporter.Create(node.Meter);
    _ = new NodeInstruments(node.Meter, node.Status.Status, options.JournalMaxBytes, node.Time);
    ProcessInstruments.AddTo(node.Meter);
    var guard = new AdminGuard(options.Admin, AdminToken.LoadOrCreate(options.Data, options.Secret));
    var chain = new ChainActions(node.Member, node.Journal, node.Promotion);
    var admin = new AdminEndpoints(guard, node.Status.NotLive, node.Status.Status, node.Status.At, metrics, new Dictionary<string, AdminAction>(chain.All)
    {
        ["next"] = new NextActions(node.Next, node.Folder, options.Listen).Action,
        ["hold"] = AdminAction.Post(node.Holding.HoldAsync),
        ["release"] = AdminAction.Post(node.Holding.ReleaseAsync),
        ["answers"] = new AnswerActions(node.Answers).Action,
        ["parked"] = new ParkedActions(node.Parked, node.ParkedRetry).Action,
    });

    var self = new Pseudonym(node.Member.Node);
    var admission = new Admission(self, options.MaxHeadBytes, options.MaxBodyBytes, node.Journal, node.Room.MakeAsync, node.Health, node.Hold, () => node.Departure.IsClosed, node.Office.AdmitAsync);
    var intake = new WriteIntake(
        options, admission, new ForwardedHead(self), node.Spool, node.Journal, node.Room.MakeAsync, node.Pending, node.Gate.Explain, node.Disk, node.Time, logs.CreateLogger<WriteIntake>());
    var instruments = new IngressInstruments(node.Meter, node.Time);
    await using var server = NodeServer.Build(
        node,
        forwarder => new TeeEndpoint(
            new TeeRule(options.TeeMethods, options.TeePaths), admission, intake,
            new PassThrough(options.Local, self, forwarder, logs.CreateLogger<PassThrough>()), instruments, logs.CreateLogger<TeeEndpoint>()).InvokeAsync,
        admin.HandleAsync);
    var systemd = SystemdNotifier.FromEnvironment(node.Status.NotLive, node.Time, Console.Error.WriteLine);
    using var announcer = options.Registration is { } registration
        ? new Announcer(options, registration, () => node.Departure.IsDraining, node.Fleet.Hear, node.Time, logs.CreateLogger<Announcer>(), node.Connector)
        : null;
    return await new NodeLife(node, systemd, announcer, logs.CreateLogger<NodeLife>()).RunAsync(server);
}
