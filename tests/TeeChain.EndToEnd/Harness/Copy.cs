using System.Diagnostics;

namespace TeeChain.EndToEnd.Harness;

/// <summary>Copies by <c>cp</c>: .NET would respect the lock of the program that has a file open.</summary>
internal static class Copy
{
    public static Task FileAsync(string from, string to, CancellationToken cancellation) => FolderAsync(from, to, cancellation);

    /// <param name="to">A folder of that name must not be there yet.</param>
    public static async Task FolderAsync(string from, string to, CancellationToken cancellation)
    {
        using var copying = Process.Start("cp", ["-a", from, to]);
        await copying.WaitForExitAsync(cancellation);
        Assert.Equal(0, copying.ExitCode);
    }
}
