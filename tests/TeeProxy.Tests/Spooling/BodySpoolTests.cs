using System.IO.Pipelines;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using TeeChain.Journaling;
using TeeProxy.Spooling;

namespace TeeProxy.Tests.Spooling;

[UnsupportedOSPlatform("windows")]
public sealed class BodySpoolTests : IDisposable
{
    private const int Memory = 1024;
    private const int Most = 1 << 20;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "spool-" + Guid.NewGuid().ToString("N"));

    private BodySpool Spool => new(_folder, Memory);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(Memory, false)]
    [InlineData(Memory + 1, true)]
    [InlineData(100_000, true)]
    [InlineData(Most, true)]
    public async Task A_body_comes_back_as_it_was_from_memory_or_from_a_file(int length, bool inFile)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);

        var fromPipe = await Spool.ReadAsync(PipeReader.Create(new MemoryStream(bytes)), Most, 5, Cancellation);
        var ofUnknownLength = await Spool.ReadAsync(new MemoryStream(bytes), null, Most, 5, Cancellation);
        var ofKnownLength = await Spool.ReadAsync(new MemoryStream(bytes), length, Most, 5, Cancellation);

        foreach (var result in new[] { fromPipe, ofUnknownLength, ofKnownLength })
        {
            Assert.Equal(SpoolOutcome.Complete, result.Outcome);
            using var body = result.Body!;
            Assert.Equal(length, body.Length);
            Assert.Equal(inFile, body.File is not null);
            Assert.Equal(inFile ? Crc32C.Append(5, bytes) : 0, body.PayloadCrc);
            Assert.Equal(bytes, await ReadBackAsync(body));
        }
    }

    [Theory]
    [InlineData(Memory)]
    [InlineData(Most)]
    public async Task One_byte_too_many_is_too_large_and_the_rest_is_not_read(int limit)
    {
        var source = new MemoryStream(new byte[4 * Most]);

        var result = await Spool.ReadAsync(source, null, limit, 0, Cancellation);

        Assert.Equal(new SpoolResult(SpoolOutcome.TooLarge), result);
        Assert.InRange(source.Position, limit + 1, limit + (64 << 10));
        Assert.Empty(OpenFiles());
    }

    [Fact]
    public async Task A_spool_file_has_no_name_and_is_gone_with_its_body()
    {
        var result = await Spool.ReadAsync(new MemoryStream(new byte[5000]), null, Most, 0, Cancellation);

        Assert.Empty(Directory.EnumerateFiles(_folder));
        Assert.Single(OpenFiles());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(result.Body!.File!));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));

        result.Body!.Dispose();
        Assert.Empty(OpenFiles());
    }

    [Fact]
    public async Task A_source_that_breaks_leaves_no_file()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[5000], Cancellation);
        var reading = Spool.ReadAsync(pipe.Reader, Most, 0, Cancellation).AsTask();

        await pipe.Writer.CompleteAsync(new IOException("the client has gone"));

        await Assert.ThrowsAsync<IOException>(() => reading);
        Assert.Empty(OpenFiles());
    }

    [Fact]
    public async Task A_source_shorter_than_its_length_is_an_error()
    {
        var reading = Spool.ReadAsync(new MemoryStream(new byte[10]), 11, Most, 0, Cancellation).AsTask();

        await Assert.ThrowsAsync<EndOfStreamException>(() => reading);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_a_result()
    {
        await File.WriteAllTextAsync(_folder, "in the way", Cancellation);

        var result = await Spool.ReadAsync(new MemoryStream(new byte[5000]), null, Most, 0, Cancellation);

        File.Delete(_folder);
        Assert.Equal(SpoolOutcome.DiskFailed, result.Outcome);
        Assert.NotNull(result.Why);
    }

    [Fact]
    public async Task A_full_disk_is_a_result()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "needs a small file system to fill");
        using var small = await SmallDisk.TryMountAsync(_folder, Cancellation);
        Assert.SkipWhen(small is null, "may not mount a tmpfs here");

        var result = await Spool.ReadAsync(new MemoryStream(new byte[Most]), null, Most, 0, Cancellation);

        Assert.Equal(SpoolOutcome.DiskFull, result.Outcome);
        Assert.Empty(OpenFiles());
    }

    [Fact]
    public void Leftovers_of_a_crash_are_removed_and_nothing_else()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "a" + BodySpool.Extension), "");
        File.WriteAllText(Path.Combine(_folder, "other"), "");

        Spool.RemoveLeftovers();

        Assert.Equal("other", Path.GetFileName(Assert.Single(Directory.EnumerateFiles(_folder))));
    }

    [Fact]
    public async Task Several_streams_read_one_body_independently()
    {
        var bytes = RandomNumberGenerator.GetBytes(5000);
        using var body = (await Spool.ReadAsync(new MemoryStream(bytes), null, Most, 0, Cancellation)).Body!;
        await using var one = body.OpenStream();
        await using var other = body.OpenStream();

        one.Seek(-1000, SeekOrigin.End);
        var tail = new byte[2000];
        var read = await one.ReadAtLeastAsync(tail, 2000, throwOnEndOfStream: false, Cancellation);
        var whole = new byte[5000];
        await other.ReadExactlyAsync(whole, Cancellation);

        Assert.Equal(bytes[4000..], tail[..read]);
        Assert.Equal(bytes, whole);
    }

    private static async Task<byte[]> ReadBackAsync(SpooledBody body)
    {
        var throughStream = new MemoryStream();
        await body.CopyToAsync(throughStream, Cancellation);
        var throughPipe = new MemoryStream();
        var writer = PipeWriter.Create(throughPipe);
        await body.CopyToAsync(writer, Cancellation);
        await writer.CompleteAsync();
        var opened = new MemoryStream();
        await body.OpenStream().CopyToAsync(opened, Cancellation);

        Assert.Equal(throughStream.ToArray(), throughPipe.ToArray());
        Assert.Equal(throughStream.ToArray(), opened.ToArray());
        return opened.ToArray();
    }

    // An unlinked file that is still open shows as "PATH (deleted)".
    private string[] OpenFiles() =>
        [.. Directory.EnumerateFiles("/proc/self/fd")
            .Select(link => new FileInfo(link).LinkTarget ?? "")
            .Where(target => target.StartsWith(_folder, StringComparison.Ordinal))];
}
