using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace TeeChain.Protocol.Systemd;

/// <summary>
/// Tells systemd how the process is, by datagrams to <c>$NOTIFY_SOCKET</c> (sd_notify(3)); does nothing where there is
/// none. A program calls it at start and stop and runs the watchdog. A datagram that cannot be sent is told, never thrown.
/// </summary>
/// <param name="notLive">Why the process should be restarted; null while it lives.</param>
/// <param name="unsent">Takes a sentence about each datagram that could not be sent.</param>
public sealed class SystemdNotifier(
    string? socketPath, TimeSpan? watchdog, Func<string?> notLive, TimeProvider time, Action<string> unsent)
{
    /// <summary>Reads <c>NOTIFY_SOCKET</c>, <c>WATCHDOG_USEC</c> and <c>WATCHDOG_PID</c>.</summary>
    public static SystemdNotifier FromEnvironment(Func<string?> notLive, TimeProvider time, Action<string> unsent) => new(
        Environment.GetEnvironmentVariable("NOTIFY_SOCKET"),
        Watchdog(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID")),
        notLive,
        time,
        unsent);

    public void Ready() => Send("READY=1");

    public void Stopping() => Send("STOPPING=1");

    /// <summary>One line that <c>systemctl status</c> shows.</summary>
    public void Status(string text) => Send("STATUS=" + text.ReplaceLineEndings(" "));

    /// <summary>One sign of life, unless there is a reason against it: then systemd restarts the process when its patience ends.</summary>
    public void Step()
    {
        if (notLive() is null)
        {
            Send("WATCHDOG=1");
        }
    }

    /// <summary>Steps twice as often as systemd asks; ends at once where it does not ask.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (socketPath is null || watchdog is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(watchdog.Value / 2, time);
        do
        {
            Step();
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>How often systemd wants a sign of life of this process; null for never.</summary>
    public static TimeSpan? Watchdog(string? microseconds, string? process)
    {
        var isOurs = string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isOurs && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 1000
            ? TimeSpan.FromMicroseconds(value)
            : null;
    }

    private void Send(string text)
    {
        if (string.IsNullOrEmpty(socketPath))
        {
            return;
        }

        try
        {
            // "@" stands for the zero byte that begins an abstract socket's name.
            var path = socketPath[0] == '@' ? "\0" + socketPath[1..] : socketPath;
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(text), new UnixDomainSocketEndPoint(path));
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            unsent($"systemd was not told {text} at {socketPath}: {exception.Message}");
        }
    }
}
