using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Compare.Wire;

/// <summary>
/// Readable sockets by epoll, for one thread. The framework's own asynchronous sockets cost more than a proxy under test does, and
/// would share its two cores; here an answer costs three system calls.
/// </summary>
/// <remarks>Linux only: epoll_pwait2 (kernel 5.11, glibc 2.35), whose timeout has nanoseconds.</remarks>
internal sealed unsafe partial class Poller : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int AddSocket = 1;
    private const uint Readable = 0x1;
    private const uint PeerClosed = 0x2000;
    private const int MostEvents = 256;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int TagOffset = EventBytes - sizeof(ulong);

    private readonly int _descriptor;
    private readonly byte[] _events = new byte[MostEvents * EventBytes];
    private readonly int[] _tags = new int[MostEvents];

    public Poller()
    {
        _descriptor = Checked(EpollCreate(CloseOnExec), "epoll_create1");
        // Else the kernel may add 50 µs to every timeout.
        _ = SetTimerSlack(29, 1);
    }

    /// <summary>A closed socket leaves by itself.</summary>
    /// <param name="tag">What <see cref="Wait"/> calls it.</param>
    public void Add(Socket socket, int tag)
    {
        var entry = stackalloc byte[EventBytes];
        *(uint*)entry = Readable | PeerClosed;
        *(ulong*)(entry + TagOffset) = (ulong)tag;
        Checked(EpollControl(_descriptor, AddSocket, (int)socket.Handle, entry), "epoll_ctl");
    }

    /// <summary>The tags of the sockets that can be read or were closed; none where the time is up. Valid until the next call.</summary>
    /// <param name="timeout">Null waits for as long as it takes.</param>
    public ReadOnlySpan<int> Wait(TimeSpan? timeout)
    {
        var limit = new Timespec((timeout?.Ticks ?? 0) / TimeSpan.TicksPerSecond, (timeout?.Ticks ?? 0) % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
        int count;
        fixed (byte* events = _events)
        {
            count = EpollWait(_descriptor, events, MostEvents, timeout is null ? null : &limit, null);
            if (count < 0 && Marshal.GetLastPInvokeError() == 4)
            {
                return [];
            }

            Checked(count, "epoll_pwait2");
            for (var i = 0; i < count; i++)
            {
                _tags[i] = (int)*(ulong*)(events + (i * EventBytes) + TagOffset);
            }
        }

        return _tags.AsSpan(0, count);
    }

    public void Dispose() => _ = Close(_descriptor);

    private static int Checked(int result, string call) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call} failed");

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int poller, int operation, int descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static partial int EpollWait(int poller, byte* events, int most, Timespec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetTimerSlack(int option, nuint nanoseconds);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
