namespace TeeChain.EndToEnd.Harness;

/// <summary>A library that is loaded before the C library: its fdatasync and fsync fail with EIO once a file is there.</summary>
internal sealed class SyncFault
{
    private const string Variable = "TEECHAIN_SYNC_FAULT";

    private const string Source = $$"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdlib.h>
        #include <unistd.h>

        static int call(const char *name, int file)
        {
            const char *trigger = getenv("{{Variable}}");
            if (file >= 0 && trigger && access(trigger, F_OK) == 0) {
                errno = EIO;
                return -1;
            }
            return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
        }

        int fdatasync(int file) { return call("fdatasync", file); }
        int fsync(int file) { return call("fsync", file); }
        """;

    private readonly string _trigger;

    private SyncFault(string library, string trigger)
    {
        _trigger = trigger;
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, [Variable] = trigger };
    }

    /// <summary>What a process is started with.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    public static async Task<SyncFault> BuildAsync(Workshop workshop, CancellationToken cancellation)
    {
        var (source, library) = (workshop.Path("sync-fault.c"), workshop.Path("sync-fault.so"));
        await File.WriteAllTextAsync(source, Source, cancellation);
        var (code, output) = await workshop.RunAsync("gcc", "gcc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], cancellation);
        Assert.True(code == 0, output);
        return new SyncFault(library, workshop.Path("sync-fault.trigger"));
    }

    /// <summary>From now on.</summary>
    public void Trigger() => File.WriteAllText(_trigger, "");
}
