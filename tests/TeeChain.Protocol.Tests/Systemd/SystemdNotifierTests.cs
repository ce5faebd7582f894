using System.Net.Sockets;
using System.Text;
using TeeChain.Protocol.Systemd;

namespace TeeChain.Protocol.Tests.Systemd;

public sealed class SystemdNotifierTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("notify").FullName;
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
    private string? _notLive;

    public void Dispose()
    {
        _systemd.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Systemd_hears_of_start_state_and_stop()
    {
        var notifier = Notifier(Bind(Path.Combine(_folder, "socket")));

        notifier.Ready();
        notifier.Status("head of\n3 nodes");
        notifier.Stopping();

        Assert.Equal("READY=1", Receive());
        Assert.Equal("STATUS=head of 3 nodes", Receive());
        Assert.Equal("STOPPING=1", Receive());
    }

    [Fact]
    public void An_abstract_socket_is_reached_too()
    {
        var name = "teechain-test-" + Guid.NewGuid();
        Bind("\0" + name);

        Notifier("@" + name).Ready();

        Assert.Equal("READY=1", Receive());
    }

    [Fact]
    public async Task The_watchdog_is_fed_while_the_process_lives()
    {
        var notifier = Notifier(Bind(Path.Combine(_folder, "socket")), TimeSpan.FromMilliseconds(40));
        using var stop = new CancellationTokenSource();

        var running = notifier.RunAsync(stop.Token);

        Assert.Equal("WATCHDOG=1", Receive());
        Assert.Equal("WATCHDOG=1", Receive());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void The_watchdog_starves_when_the_process_does_not_live()
    {
        var notifier = Notifier(Bind(Path.Combine(_folder, "socket")), TimeSpan.FromSeconds(1));

        _notLive = "the journal is faulted";
        notifier.Step();
        _notLive = null;
        notifier.Status("sent after the step");

        Assert.Equal("STATUS=sent after the step", Receive());
    }

    [Fact]
    public async Task Without_systemd_nothing_happens()
    {
        var notifier = Notifier(null, TimeSpan.FromMilliseconds(1));

        notifier.Ready();
        notifier.Stopping();

        await notifier.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_socket_that_is_gone_is_no_reason_to_fall() => Notifier(Path.Combine(_folder, "gone")).Ready();

    [Theory]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "", 30.0)]
    [InlineData("30000000", "1", null)]
    [InlineData(null, null, null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    public void The_watchdogs_patience_is_read_from_the_environment(string? microseconds, string? process, double? seconds) =>
        Assert.Equal(seconds, SystemdNotifier.Watchdog(microseconds, process)?.TotalSeconds);

    private SystemdNotifier Notifier(string? path, TimeSpan? watchdog = null) =>
        new(path, watchdog, () => _notLive, TimeProvider.System, _ => { });

    private string Bind(string path)
    {
        _systemd.Bind(new UnixDomainSocketEndPoint(path));
        return path;
    }

    private string Receive()
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, _systemd.Receive(buffer));
    }
}
