using System.Net;
using System.Net.Sockets;
using System.Text;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Haproxy;

/// <summary>
/// Client of HAProxy's Runtime API (management.txt, section 9.3). Each call has a connection of its own, so that one
/// process answers all of it, also in the middle of a reload. Whoever can reach the socket owns the traffic. Thread-safe.
/// </summary>
/// <param name="address">A path, or <c>host:port</c> where HAProxy's socket is one.</param>
/// <param name="timeout">For a whole call.</param>
internal sealed class RuntimeApi(string address, TimeSpan timeout, TimeProvider time)
{
    /// <summary>The state of a thousand servers is about 500 KB.</summary>
    public const int MostAnswerBytes = 16 << 20;

    /// <summary>HAProxy answers on its next turn; one that does not answer for so long hangs or is stopped.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);

    public string Address => address;

    /// <summary>Whether it says where a socket may be: a path that fits into a socket's name, or host and port.</summary>
    public static bool IsAddress(string address) =>
        Tcp(address) is not null || (address.Length > 0 && Encoding.UTF8.GetByteCount(address) < 108 && !address.Contains('\0', StringComparison.Ordinal));

    /// <summary>Sends one command, or several of the <c>show</c> kind, and reads all answers. Does not throw for what HAProxy or the socket do.</summary>
    /// <exception cref="ArgumentException">A command holds what would end it: <c>;</c>, <c>\</c> or a line end.</exception>
    public async Task<RuntimeAnswer> AskAsync(IReadOnlyList<string> commands, CancellationToken cancellation)
    {
        var line = Encoding.UTF8.GetBytes(Line(commands));
        using var patience = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            using var socket = await ConnectAsync(either.Token);
            await socket.SendAsync(line, either.Token);
            return RuntimeAnswerRule.Split(await ReadAsync(socket, either.Token), commands.Count);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new RuntimeAnswer.Failed($"{address} did not answer in {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception exception) when (exception is SocketException or InvalidDataException or ArgumentOutOfRangeException)
        {
            // .NET words a missing socket as an address that cannot be assigned.
            return new RuntimeAnswer.Failed($"{address}: {(Tcp(address) is null && !File.Exists(address) ? "there is no such socket" : exception.Message)}");
        }
    }

    private static string Line(IReadOnlyList<string> commands)
    {
        if (commands.FirstOrDefault(command => command.AsSpan().ContainsAny("\n\r;\\\0") || command.Length == 0) is { } wrong)
        {
            throw new ArgumentException($"'{wrong}' is not one command.", nameof(commands));
        }

        return string.Join(';', commands) + "\n";
    }

    private static Address? Tcp(string text) => !text.Contains('/', StringComparison.Ordinal) && Protocol.Address.TryParse(text, out var tcp) ? tcp : null;

    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        var tcp = Tcp(address);
        var socket = tcp is null
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(tcp is null ? new UnixDomainSocketEndPoint(address) : new DnsEndPoint(tcp.Host, tcp.Port), cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<string> ReadAsync(Socket socket, CancellationToken cancellation)
    {
        using var all = new MemoryStream();
        var part = new byte[16 << 10];
        while (await socket.ReceiveAsync(part, cancellation) is > 0 and var read)
        {
            all.Write(part, 0, read);
            if (all.Length > MostAnswerBytes)
            {
                throw new InvalidDataException($"the answer is longer than {MostAnswerBytes} bytes");
            }
        }

        return Encoding.UTF8.GetString(all.GetBuffer(), 0, (int)all.Length);
    }
}
