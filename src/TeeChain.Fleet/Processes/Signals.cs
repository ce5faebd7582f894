using System.Runtime.InteropServices;

namespace TeeChain.Fleet.Processes;

/// <summary>kill(2).</summary>
internal static partial class Signals
{
    public const int Kill = 9;

    /// <summary>To HAProxy: finish what is on its way, take nothing new (Linux's number).</summary>
    public const int User1 = 10;

    public const int Terminate = 15;

    /// <param name="pid">A process; negative: the process group of that number.</param>
    /// <returns>Whether anybody got it.</returns>
    public static bool Send(int pid, int signal) => SendSignal(pid, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
