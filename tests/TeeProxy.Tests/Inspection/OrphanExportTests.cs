using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Journaling;
using TeeProxy.Chain;
using TeeProxy.Inspection;
using TeeProxy.Requests;

namespace TeeProxy.Tests.Inspection;

public sealed class OrphanExportTests : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _target = new();
    private Journal? _opened;
    private ChainMember? _member;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Journal Journal => _opened!;

    private ChainMember Member => _member!;

    private string File3 => OrphanExport.PathIn(_target.Path, 3);

    public ValueTask InitializeAsync()
    {
        _opened = _data.OpenJournal(new JournalOptions { SegmentBytes = 4 << 20 });
        _member = new ChainMember(_data.Folder, Journal, new Membership { Node = Guid.NewGuid(), Chain = Guid.NewGuid(), Role = Role.Replica, Epoch = 2 }, hasNext: false);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Member.Dispose();
        await Journal.DisposeAsync();
        _data.Dispose();
        _target.Dispose();
    }

    [Fact]
    public async Task The_writes_from_the_first_orphan_on_are_exported_whole()
    {
        var large = new byte[1_000_001];
        new Random(1).NextBytes(large);
        await WriteAsync("PUT", "/before", [1]);
        await WriteAsync("PUT", "/also/before", [2]);
        await WriteAsync("POST", "/register?x=1", "user=anna"u8.ToArray());
        await Journal.AppendAsync(EntryKind.Outcome, EntryPayload.InMemory(new byte[8], default));
        await WriteAsync("DELETE", "/user", []);
        await WriteAsync("POST", "/upload", large);
        await WriteAsync("POST", "/exact", large[..(96 << 10)]);
        await OrphanFromAsync(3);

        await RunUntilExportedAsync();

        var lines = (await File.ReadAllLinesAsync(File3, Cancellation)).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal([3, 5, 6, 7], lines.Select(line => line.GetProperty("sequence").GetInt64()));
        Assert.Equal(["POST /register?x=1", "DELETE /user", "POST /upload", "POST /exact"], lines.Select(line => $"{line.GetProperty("method")} {line.GetProperty("target")}"));
        Assert.Equal(["user=anna"u8.ToArray(), [], large, large[..(96 << 10)]], lines.Select(line => line.GetProperty("body").GetBytesFromBase64()));
        Assert.All(lines, line => Assert.Equal("Host: shop.example", line.GetProperty("headers")[0].GetString()));
    }

    [Fact]
    public async Task Nobody_else_may_read_the_file_since_bodies_hold_passwords()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are Unix's");
        await WriteSomeAsync();
        await OrphanFromAsync(3);

        await RunUntilExportedAsync();

#pragma warning disable CA1416 // skipped above
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(File3));
#pragma warning restore CA1416
        Assert.Equal([File3], Directory.EnumerateFiles(_target.Path));
    }

    [Fact]
    public async Task After_a_restart_it_is_not_exported_again()
    {
        await WriteSomeAsync();
        await OrphanFromAsync(3);
        await File.WriteAllTextAsync(File3, "as it was, or as the operator left it", Cancellation);
        using var stop = new CancellationTokenSource();

        var running = Export().RunAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Equal("as it was, or as the operator left it", await File.ReadAllTextAsync(File3, Cancellation));
    }

    [Fact]
    public async Task What_a_crash_left_half_written_is_begun_anew()
    {
        await WriteSomeAsync();
        await OrphanFromAsync(3);
        await File.WriteAllTextAsync(File3 + ".part", new string('x', 100_000), Cancellation);

        await RunUntilExportedAsync();

        Assert.Equal(2, (await File.ReadAllLinesAsync(File3, Cancellation)).Length);
        Assert.False(File.Exists(File3 + ".part"));
    }

    [Fact]
    public async Task Orphans_that_the_journal_keeps_no_more_do_not_stop_the_export_of_the_others()
    {
        await using var journal = _target.OpenJournal(new JournalOptions { InitialBase = new JournalPosition(5, 1, 7) });
        await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(new RequestHead("POST", "/x", []).Encode(), default));
        await OrphanFromAsync(3);

        await RunUntilExportedAsync(journal);

        Assert.Contains("\"sequence\":6", Assert.Single(await File.ReadAllLinesAsync(File3, Cancellation)), StringComparison.Ordinal);
    }

    private async Task RunUntilExportedAsync(Journal? journal = null)
    {
        using var stop = new CancellationTokenSource();
        var running = Export(journal).RunAsync(stop.Token);
        await Eventually.TrueAsync(() => running.IsCompleted || File.Exists(File3), "the orphans are exported");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private OrphanExport Export(Journal? journal = null) => new(Member, journal ?? Journal, _target.Path, NullLogger<OrphanExport>.Instance);

    private Task OrphanFromAsync(long from) => Member.ChangeAsync(now => now with { OrphansFrom = from }, Cancellation);

    private async Task WriteSomeAsync()
    {
        for (var i = 0; i < 4; i++)
        {
            await WriteAsync("POST", "/x", [(byte)i]);
        }
    }

    private Task<JournalPosition> WriteAsync(string method, string target, byte[] body) =>
        Journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(new RequestHead(method, target, [new("Host", "shop.example")]).Encode(), body));
}
