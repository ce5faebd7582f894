using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TeeChain.Protocol;
using TeeChain.Protocol.Registration;
using TeeProxy.Options;
using TeeProxy.Registration;

namespace TeeProxy.Tests.Registration;

public sealed class AnnouncerTests : IAsyncDisposable
{
    private static readonly byte[] Secret = "0123456789abcdef0123456789abcdef"u8.ToArray();

    private readonly ConcurrentQueue<Announcement> _heard = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly ILoggerFactory _logs;
    private readonly WebApplication _registry;
    private volatile int _status = 200;
    private readonly ConcurrentQueue<bool> _hasChain = new();
    private volatile string _answer = """{"leaseSeconds":6,"renewSeconds":2,"hasChain":false}""";
    private volatile bool _isStopping;

    public AnnouncerTests()
    {
        _logs = LoggerFactory.Create(logging => logging.AddProvider(new Lines(_log)));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _registry = builder.Build();
        _registry.Run(async context =>
        {
            _heard.Enqueue((await JsonSerializer.DeserializeAsync(context.Request.Body, ProtocolJson.Default.Announcement))!);
            context.Response.StatusCode = _status;
            await context.Response.WriteAsync(_status == 200 ? _answer : "{\"detail\":\"as the test\\nwants it\"}");
        });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Uri Registry => new(_registry.Urls.Single());

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _logs.Dispose();
    }

    [Fact]
    public async Task A_node_tells_who_and_where_it_is_signed_and_each_time_with_another_nonce()
    {
        await _registry.StartAsync(Cancellation);
        using var announcer = Announcer(Registry);

        Assert.True(await announcer.StepAsync(Cancellation));
        Assert.True(await announcer.StepAsync(Cancellation));

        Assert.All(_heard, announcement =>
        {
            Assert.Equal(("romulus", "10.1.2.3:4567", "10.1.2.3:9000", "10.1.2.3:9500", false), (announcement.Name, announcement.Address, announcement.Teeproxy, announcement.Admin, announcement.IsLeaving));
            Assert.True(AnnouncementSignature.IsRight(announcement, Secret));
        });
        Assert.Equal(2, _heard.DistinctBy(announcement => announcement.Nonce).Count());
    }

    [Fact]
    public async Task Only_a_change_is_logged()
    {
        await _registry.StartAsync(Cancellation);
        using var announcer = Announcer(Registry);

        foreach (var status in (int[])[200, 200, 409, 409, 200])
        {
            _status = status;
            Assert.Equal(status == 200, await announcer.StepAsync(Cancellation));
        }

        Assert.Equal(3, _log.Count);
        Assert.Contains("(409): as the test wants it", _log.ElementAt(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_registry_says_of_the_chain_is_heard()
    {
        await _registry.StartAsync(Cancellation);
        using var announcer = Announcer(Registry);

        Assert.True(await announcer.StepAsync(Cancellation));
        _answer = """{"leaseSeconds":6,"renewSeconds":2,"hasChain":true}""";
        Assert.True(await announcer.StepAsync(Cancellation));
        _status = 409;
        Assert.False(await announcer.StepAsync(Cancellation));

        Assert.Equal([false, true], _hasChain);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{\"hasChain\":7}")]
    public async Task Whoever_answers_as_no_registry_does_is_none(string answer)
    {
        await _registry.StartAsync(Cancellation);
        using var announcer = Announcer(Registry);
        _answer = answer;

        Assert.False(await announcer.StepAsync(Cancellation));

        Assert.Empty(_hasChain);
    }

    [Fact]
    public async Task While_the_first_registry_is_away_another_is_told()
    {
        await _registry.StartAsync(Cancellation);
        using var announcer = Announcer(new Uri("http://127.0.0.1:1"), Registry);

        Assert.True(await announcer.StepAsync(Cancellation));

        Assert.Single(_heard);
    }

    [Fact]
    public async Task A_registry_that_is_away_is_asked_again_until_it_is_there()
    {
        var registry = new Uri("http://127.0.0.1:1");
        using var announcer = Announcer(registry, registry);

        Assert.False(await announcer.StepAsync(Cancellation));
        Assert.False(await announcer.StepAsync(Cancellation));

        Assert.Contains("cannot be reached", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_farewell_says_that_the_node_leaves_and_what_follows_says_so_too()
    {
        await _registry.StartAsync(Cancellation);
        using var announcer = Announcer(Registry);
        using var stop = new CancellationTokenSource();
        var running = announcer.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => !_heard.IsEmpty, "the node announced itself");

        _isStopping = true;
        await announcer.FarewellAsync();

        Assert.True(_heard.Last().IsLeaving);
        await stop.CancelAsync();
        await running;
        Assert.True(await announcer.StepAsync(Cancellation));
        Assert.True(_heard.Last().IsLeaving);
    }

    [Fact]
    public async Task A_registry_that_hangs_does_not_keep_the_node_from_stopping()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using var announcer = Announcer(new Uri($"http://{silent.LocalEndpoint}"));

        await announcer.FarewellAsync().WaitAsync(Eventually.Deadline, Cancellation);

        Assert.True(silent.Pending(), "the registry was asked");
    }

    private Announcer Announcer(params Uri[] registries)
    {
        var run = (Command.Run)OptionsParser.Parse(["--local", ":4567", "--listen", "10.1.2.3:9000", "--insecure"], _ => null);
        var options = run.Options with { Secret = Secret };
        return new Announcer(options, new RegistrationOptions(registries, "romulus", Address.Parse("10.1.2.3:4567")), () => _isStopping, _hasChain.Enqueue, TimeProvider.System, _logs.CreateLogger<Announcer>());
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
