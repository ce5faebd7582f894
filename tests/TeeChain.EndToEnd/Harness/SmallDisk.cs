namespace TeeChain.EndToEnd.Harness;

/// <summary>A file system of a few megabytes that a test can fill.</summary>
internal static class SmallDisk
{
    private const int NoSpace = 28; // ENOSPC

    /// <summary>False where mounting is not allowed. It is unmounted with the workshop.</summary>
    public static async Task<bool> TryMountAsync(Workshop workshop, string folder, int megabytes, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var (code, _) = await workshop.RunAsync("mount", "mount", ["-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder], cancellation);
        if (code == 0)
        {
            workshop.Keep(new Mount(workshop, folder));
        }

        return code == 0;
    }

    /// <summary>Writes a file that takes all that is left.</summary>
    public static void Fill(string file)
    {
        using var filler = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (var piece = new byte[4096]; ;)
            {
                filler.Write(piece);
            }
        }
        catch (IOException full) when (full.HResult == NoSpace)
        {
        }
    }

    private sealed class Mount(Workshop workshop, string folder) : IAsyncDisposable
    {
        // Lazily: whoever still has a file open there goes with the workshop too.
        public async ValueTask DisposeAsync()
        {
            await using var umount = RealProcess.Start("umount", ["-l", folder], workshop.Path("umount.log"));
            await umount.WaitExitAsync(CancellationToken.None);
        }
    }
}
