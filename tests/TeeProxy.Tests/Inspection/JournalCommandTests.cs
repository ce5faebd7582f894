using System.Text.RegularExpressions;
using TeeChain.Journaling;
using TeeProxy.Chain;
using TeeProxy.Delivery;
using TeeProxy.Inspection;
using TeeProxy.Options;
using TeeProxy.Requests;

namespace TeeProxy.Tests.Inspection;

public sealed partial class JournalCommandTests : IDisposable
{
    private static readonly Guid TheChain = Guid.NewGuid();
    private static readonly Guid Head = Guid.NewGuid();

    private readonly TemporaryFolder _data = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task Check_says_what_is_there_and_that_it_is_sound()
    {
        var id = await WriteAsync();

        var code = Run(dump: false, bodies: false);

        Assert.Equal((0, ""), (code, _errors.ToString()));
        var lines = Lines();
        Assert.Equal($"journal   {id}", lines[0]);
        Assert.Matches("^records   4, from 1 to 4 \\(epoch 1, CRC [0-9a-f]{8}\\)$", lines[1]);
        Assert.Equal(["applied   2", "passed    0 (by every row)"], lines[2..4]);
        Assert.Matches("^segment   .+: 4 records, [0-9]+ syncs, [0-9]+ of 1048576 bytes used$", lines[4]);
        Assert.Equal("sound", lines[^1]);
    }

    [Fact]
    public async Task Dump_shows_heads_outcomes_and_epochs_and_keeps_bodies_to_itself()
    {
        await WriteAsync();

        var code = Run(dump: true, bodies: false);

        Assert.Equal((0, ""), (code, _errors.ToString()));
        Assert.Equal(
            [
                $"1 epoch 1 TIME crc CRC epoch 1 of chain {TheChain} begins under head {Head} at :9000",
                "2 epoch 1 TIME crc CRC write, body 31 bytes",
                "    POST /changePassword?x=1 HTTP/1.1",
                "    Host: shop.example",
                "3 epoch 1 TIME crc CRC outcome of 2: 204",
                "4 epoch 1 TIME crc CRC write, body 0 bytes",
                "    DELETE /user HTTP/1.1",
                "    Host: shop.example",
            ],
            Lines().Select(Anonymous));
        Assert.DoesNotContain("hunter2", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dump_shows_bodies_when_it_is_told_to()
    {
        await WriteAsync();

        Run(dump: true, bodies: true);

        Assert.Equal(["    POST /changePassword?x=1 HTTP/1.1", "    Host: shop.example", "", "    user=anna&new-password=hunter2%"], Lines()[2..6]);
        Assert.Equal("    Host: shop.example", Lines()[^1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Looking_changes_nothing(bool dump)
    {
        await WriteAsync();
        var before = Directory.EnumerateFiles(_data.Path).Order().Select(file => (file, File.GetLastWriteTimeUtc(file), Convert.ToHexString(File.ReadAllBytes(file)))).ToArray();

        Run(dump, bodies: true);

        var after = Directory.EnumerateFiles(_data.Path).Order().Select(file => (file, File.GetLastWriteTimeUtc(file), Convert.ToHexString(File.ReadAllBytes(file)))).ToArray();
        Assert.Equal(before, after);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_folder_without_a_journal_is_2(bool dump)
    {
        var code = Run(dump, bodies: false);

        Assert.Equal(2, code);
        Assert.Contains($"There is no journal in {_data.Path}.", _output.ToString() + _errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_folder_is_2(bool dump)
    {
        var code = JournalCommand.Run(new Command.Journal(dump, Path.Combine(_data.Path, "none"), Bodies: false), _output, _errors);

        Assert.Equal((2, ""), (code, _output.ToString()));
        Assert.StartsWith("teeproxy: There is no folder", _errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_damaged_journal_is_1_and_names_the_place(bool dump)
    {
        await WriteAsync();
        var segment = Directory.EnumerateFiles(_data.Path).OrderByDescending(file => new FileInfo(file).Length).ThenBy(file => file).First(file => File.ReadAllText(file).Contains("hunter2", StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        bytes[bytes.AsSpan().IndexOf("hunter2"u8)] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);

        var code = Run(dump, bodies: false);

        Assert.Equal(1, code);
        Assert.Contains("The journal is damaged", _output.ToString() + _errors, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(segment), _output.ToString() + _errors, StringComparison.Ordinal);
    }

    private int Run(bool dump, bool bodies) => JournalCommand.Run(new Command.Journal(dump, _data.Path, bodies), _output, _errors);

    private string[] Lines() => _output.ToString().TrimEnd().Split(Environment.NewLine);

    /// <summary>An epoch, a write with a password, its outcome, and a write without a body. The journal's id.</summary>
    private async Task<Guid> WriteAsync()
    {
        await using var journal = _data.OpenJournal();
        await journal.AppendAsync(EntryKind.Epoch, EntryPayload.InMemory(new EpochRecord(TheChain, 1, Head, ":9000", 0).Encode(), default), 1);
        await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(Request("POST", "/changePassword?x=1"), "user=anna&new-password=hunter2%"u8.ToArray()));
        await journal.AppendAsync(EntryKind.Outcome, EntryPayload.InMemory(new OutcomeRecord(2, 204, 0).Encode(), default));
        await journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(Request("DELETE", "/user"), default));
        journal.SaveCursor(new CursorState(2, default, default));
        return journal.JournalId;
    }

    private static byte[] Request(string method, string target) => new RequestHead(method, target, [new("Host", "shop.example")]).Encode();

    private static string Anonymous(string line) => CrcPattern().Replace(TimePattern().Replace(line, "TIME"), "crc CRC");

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z")]
    private static partial Regex TimePattern();

    [GeneratedRegex("crc [0-9a-f]{8}")]
    private static partial Regex CrcPattern();
}
