using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace TeeChain.Journaling.Tests.Processes;

/// <summary>What only real processes and the real file system can show.</summary>
public sealed class ProcessTests : IDisposable
{
    // A failing fdatasync: from the call on that the environment names, each one reports EIO.
    private const string Injector = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdlib.h>
        static int calls;
        int fdatasync(int fd)
        {
            static int (*real)(int);
            if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
            if (fd < 0) return real(fd);
            if (__sync_add_and_fetch(&calls, 1) >= atoi(getenv("FAIL_FDATASYNC_FROM"))) { errno = EIO; return -1; }
            return real(fd);
        }
        """;

    private readonly string _path = Directory.CreateTempSubdirectory("teechain-journal-").FullName;

    private string JournalPath => Path.Combine(_path, "journal");

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public async Task Two_processes_on_one_folder_are_refused_until_the_first_is_gone()
    {
        using var first = ChildProcess.Start("hold", JournalPath);
        Assert.Equal("open", await first.ReadLineAsync());
        using var second = ChildProcess.Start("hold", JournalPath);
        Assert.Equal("locked", await second.ReadLineAsync());
        using var folder = DiskFolder.OpenOrCreate(JournalPath);
        Assert.Throws<JournalLockedException>(() => Journal.Open(folder, new JournalOptions { SegmentBytes = 1 << 16 }));

        first.Kill();

        await using var journal = Journal.Open(folder, new JournalOptions { SegmentBytes = 1 << 16 });
        Assert.Equal(0, journal.Last.Sequence);
    }

    [Fact]
    public async Task A_killed_process_keeps_what_it_acknowledged_and_its_cursor()
    {
        using var child = ChildProcess.Start("append", JournalPath);
        string? line = "";
        long acknowledged = 0;
        while (acknowledged < 20)
        {
            line = await child.ReadLineAsync();
            acknowledged = line!.StartsWith("committed", StringComparison.Ordinal) ? long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) : 0;
        }

        child.Kill();
        using var folder = DiskFolder.OpenOrCreate(JournalPath);
        await using var journal = Journal.Open(folder, new JournalOptions { SegmentBytes = 1 << 16 });

        Assert.True(journal.Last.Sequence >= acknowledged);
        Assert.True(journal.Cursor.Watermark >= acknowledged && journal.Cursor.Watermark <= journal.Last.Sequence);
    }

    [Fact]
    public async Task An_idle_journal_costs_next_to_no_processor_time()
    {
        using var child = ChildProcess.Start("idle", JournalPath);

        int milliseconds = int.Parse((await child.ReadLineAsync())!, CultureInfo.InvariantCulture);

        Assert.InRange(milliseconds, 0, 100); // a spinning or polling thread takes several hundred
    }

    [Fact]
    public async Task A_failing_fdatasync_of_the_real_file_system_faults_the_journal()
    {
        string library = Path.Combine(_path, "injector.so");
        if (!OperatingSystem.IsLinux() || !await TryCompileAsync(library))
        {
            Assert.Skip("No gcc on this machine: the failing fdatasync is not injected. Install gcc to run this test.");
        }

        using var child = ChildProcess.Start("append", JournalPath, ("LD_PRELOAD", library), ("FAIL_FDATASYNC_FROM", "20"));
        var lines = await child.ReadToEndAsync();

        int committed = lines.Count(line => line.StartsWith("committed", StringComparison.Ordinal));
        Assert.InRange(committed, 5, 19);
        Assert.Equal("open 0", lines[0]);
        Assert.Equal("Ambiguous", lines[committed + 1]);
        Assert.All(lines[(committed + 2)..^1], line => Assert.Equal("Faulted", line));
        Assert.Equal("faulted", lines[^1]);
        using var folder = DiskFolder.OpenOrCreate(JournalPath);
        await using var journal = Journal.Open(folder, new JournalOptions { SegmentBytes = 1 << 16 });
        Assert.InRange(journal.Last.Sequence, committed, committed + 1);
    }

    private async Task<bool> TryCompileAsync(string library)
    {
        string source = Path.Combine(_path, "injector.c");
        await File.WriteAllTextAsync(source, Injector, TestContext.Current.CancellationToken);
        try
        {
            using var compiler = Process.Start("gcc", ["-shared", "-fPIC", "-o", library, source, "-ldl"]);
            await compiler.WaitForExitAsync(TestContext.Current.CancellationToken);
            return compiler.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
