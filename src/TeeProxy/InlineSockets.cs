namespace TeeProxy;

/// <summary>
/// Has what waits for a socket go on where the socket was found ready: on the runtime's one thread for that, without a hand-over to
/// the thread pool. A write passes some ten sockets on its way over three nodes; each hand-over costs more than what is done behind it
/// (docs/performance.md).
/// </summary>
/// <remarks>
/// So nothing behind a socket may block: syncs have a thread of their own, long bodies go to their files from the pool, and nowhere is
/// anything asynchronous waited for synchronously. What a commit wakes comes there by <see cref="SocketBell"/>. The runtime reads the variables when the first socket is used
/// (https://github.com/dotnet/runtime, SocketAsyncEngine.Unix.cs); one that the operator has set stays.
/// </remarks>
internal static class InlineSockets
{
    private static readonly (string Name, string Value)[] Settings =
    [
        ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"),
        ("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1"),
    ];

    /// <summary>To be called before the first socket.</summary>
    public static void Enable()
    {
        foreach (var (name, value) in Settings)
        {
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }
    }
}
