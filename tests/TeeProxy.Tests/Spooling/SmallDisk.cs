using System.Diagnostics;

namespace TeeProxy.Tests.Spooling;

/// <summary>A tmpfs of 256 KiB, where the machine lets tests mount one.</summary>
internal sealed class SmallDisk(string folder) : IDisposable
{
    public static async Task<SmallDisk?> TryMountAsync(string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        return await RunAsync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", folder], cancellation) ? new SmallDisk(folder) : null;
    }

    public void Dispose()
    {
        using var process = Process.Start("umount", [folder]);
        process.WaitForExit();
    }

    private static async Task<bool> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
