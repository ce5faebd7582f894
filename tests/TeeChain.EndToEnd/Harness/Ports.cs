using System.Net;
using System.Net.Sockets;

namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// A block of free ports that belongs to one test until this process ends. Its last port stays bound as the claim, so
/// that neither another test nor another run takes the block; none is given out twice in a run. The blocks lie below
/// the range from which the kernel picks ports for clients (32768 by default), so that no connection lands on one.
/// </summary>
internal sealed class Ports
{
    /// <summary>What <c>misc-commands.sh</c> takes from its base port on.</summary>
    public const int PerBlock = 32;

    private const int Stride = PerBlock + 1;
    private const int From = 20_000;
    private const int Blocks = (32_700 - From) / Stride;

    // The claims of all tests: never closed, so that a port is never reused within the run.
    private static readonly List<Socket> Claims = [];
    private static readonly Lock Gate = new();

    private int _given;

    private Ports(int first) => Base = first;

    /// <summary>The first of <see cref="PerBlock"/> ports in a row.</summary>
    public int Base { get; }

    public static Ports Reserve()
    {
        lock (Gate)
        {
            var start = Random.Shared.Next(Blocks);
            for (var i = 0; i < Blocks; i++)
            {
                var first = From + ((start + i) % Blocks * Stride);
                if (TryBind(first + PerBlock) is not { } claim)
                {
                    continue;
                }

                if (Enumerable.Range(first, PerBlock).All(IsFree))
                {
                    Claims.Add(claim);
                    return new Ports(first);
                }

                claim.Dispose();
            }
        }

        throw new InvalidOperationException($"No block of {PerBlock} free ports is left between {From} and 32700.");
    }

    /// <summary>One port that was not given out before.</summary>
    public int Next()
    {
        var given = Interlocked.Increment(ref _given);
        return given <= PerBlock ? Base + given - 1 : throw new InvalidOperationException($"A test has {PerBlock} ports, no more.");
    }

    private static bool IsFree(int port)
    {
        using var socket = TryBind(port);
        return socket is not null;
    }

    // On every address: a program that holds the port on one of them is found too.
    private static Socket? TryBind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen(1);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
