using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TeeChain.Protocol;
using TeeProxy.Application;

namespace TeeProxy.Tests.Application;

public sealed class ApplicationProbeTests : IAsyncLifetime
{
    private readonly ApplicationHealth _health = new();
    private readonly Lines _log = new();
    private WebApplication? _app;
    private Func<HttpContext, Task> _answer = _ => Task.CompletedTask;
    private Address _local = new("127.0.0.1", 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(context => _answer(context));
        await _app.StartAsync(Cancellation);
        _local = new Address("127.0.0.1", new Uri(_app.Urls.Single()).Port);
    }

    public async ValueTask DisposeAsync() => await _app!.DisposeAsync();

    [Theory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(302, true)]
    [InlineData(404, true)]
    [InlineData(499, true)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public async Task A_complete_answer_below_500_is_life(int status, bool isUp)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        using var probe = Probe("/health");

        await probe.StepAsync(Cancellation);

        Assert.Equal(isUp, _health.Current.IsUp);
        Assert.Equal(isUp ? null : $"GET /health of {_local} answered {status}", _health.Current.Why);
    }

    [Fact]
    public async Task The_question_is_a_get_under_the_applications_own_name()
    {
        var asked = new ConcurrentQueue<string>();
        _answer = context =>
        {
            asked.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Host} {context.Connection.RemotePort}");
            return Task.CompletedTask;
        };
        using var probe = Probe("/health?deep=1");

        await probe.StepAsync(Cancellation);
        await probe.StepAsync(Cancellation);

        Assert.All(asked, question => Assert.StartsWith($"GET /health?deep=1 {_local} ", question, StringComparison.Ordinal));
        Assert.Equal(2, asked.Distinct().Count());
    }

    [Fact]
    public async Task An_answer_that_does_not_end_in_time_is_none()
    {
        _answer = async context =>
        {
            await context.Response.WriteAsync("half", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        using var probe = Probe("/health", TimeSpan.FromMilliseconds(200));

        await probe.StepAsync(Cancellation);

        Assert.False(_health.Current.IsUp);
        Assert.Contains("within 0.2 s", _health.Current.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_none()
    {
        _answer = async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        };
        using var probe = Probe("/health");

        await probe.StepAsync(Cancellation);

        Assert.False(_health.Current.IsUp);
    }

    [Fact]
    public async Task Without_a_path_an_accepted_connection_is_life()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _local = new Address("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        using var probe = Probe(null);

        await probe.StepAsync(Cancellation);
        var first = _health.Current;
        listener.Stop();
        await probe.StepAsync(Cancellation);

        Assert.True(first.IsUp);
        Assert.False(_health.Current.IsUp);
        Assert.StartsWith($"connecting to {_local} failed", _health.Current.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_says_each_change_once()
    {
        var status = 503;
        _answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        using var probe = Probe("/health");

        foreach (var next in (int[])[503, 503, 200, 200, 500, 503, 200])
        {
            status = next;
            await probe.StepAsync(Cancellation);
        }

        Assert.Equal([LogLevel.Warning, LogLevel.Information, LogLevel.Warning, LogLevel.Information], _log.Levels);
    }

    [Fact]
    public async Task The_loop_asks_until_it_is_cancelled()
    {
        var asked = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        _answer = _ => Interlocked.Increment(ref asked) == 3 ? stop.CancelAsync() : Task.CompletedTask;
        using var probe = Probe("/health", TimeSpan.FromMilliseconds(20));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.RunAsync(stop.Token).WaitAsync(TimeSpan.FromSeconds(10), Cancellation));

        Assert.Equal(3, asked);
    }

    private ApplicationProbe Probe(string? path, TimeSpan? interval = null) =>
        new(_local, path, interval ?? TimeSpan.FromSeconds(5), _health, TimeProvider.System, _log);

    private sealed class Lines : ILogger<ApplicationProbe>
    {
        public ConcurrentQueue<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Levels.Enqueue(logLevel);
    }
}
