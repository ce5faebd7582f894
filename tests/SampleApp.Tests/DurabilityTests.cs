using SampleApp.Options;

namespace SampleApp.Tests;

public sealed class DurabilityTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sample-app-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "state");

    private Settings Durable => new() { Name = "romulus", DataFile = Path };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_keeps_users_log_and_what_was_delivered(bool isSynced)
    {
        var before = await FillAsync(Durable with { IsSynced = isSynced });

        await using var server = await SampleServer.StartAsync(Durable);
        var after = await StateAndLogAsync(server);
        var repeated = await server.RegisterAsync("alice", sequence: 1, isRedelivery: true);

        Assert.Equal(before, after);
        Assert.Equal((201, """{"user":"alice","version":1}"""), repeated);
        Assert.Equal(200, (await server.GetAsync("/login?user=alice&password=new")).Status);
    }

    [Theory]
    [InlineData("{\"kind\":\"register\",\"us")]
    [InlineData("\0\0\0\0")]
    public async Task A_torn_last_line_is_cut_and_writing_goes_on(string tear)
    {
        var before = await FillAsync(Durable);
        await File.AppendAllTextAsync(Path, tear, TestContext.Current.CancellationToken);

        await using (var server = await SampleServer.StartAsync(Durable))
        {
            Assert.Equal(before, await StateAndLogAsync(server));
            await server.RegisterAsync("carol", sequence: 9);
        }

        await using var again = await SampleServer.StartAsync(Durable);
        Assert.Equal(200, (await again.GetAsync("/login?user=carol")).Status);
    }

    [Fact]
    public async Task Every_cut_of_the_file_starts_with_the_lines_that_are_whole()
    {
        await FillAsync(Durable);
        var whole = await File.ReadAllBytesAsync(Path, TestContext.Current.CancellationToken);

        for (var length = 0; length <= whole.Length; length += 7)
        {
            await File.WriteAllBytesAsync(Path, whole[..length], TestContext.Current.CancellationToken);
            await using var server = await SampleServer.StartAsync(Durable);
            var state = await server.JsonAsync("/state");

            var lines = Math.Max(0, whole.AsSpan(0, length).Count((byte)'\n') - 1);
            Assert.Equal(lines, state.GetProperty("applied").GetInt64() + state.GetProperty("discarded").GetInt64());
        }
    }

    [Fact]
    public async Task Damage_in_the_middle_stops_the_start_and_names_the_place()
    {
        await FillAsync(Durable);
        var text = await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken);
        var damaged = text.Replace("\"register\"", "\"regist\n\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path, damaged, TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => SampleServer.StartAsync(Durable));

        Assert.Contains($"{Path} is damaged: the line at byte 21 ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(damaged, await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("global\n  log stdout\n")]
    [InlineData("no line break")]
    public async Task A_file_of_something_else_is_left_alone(string text)
    {
        await File.WriteAllTextAsync(Path, text, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<InvalidDataException>(() => SampleServer.StartAsync(Durable));

        Assert.Equal(text, await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_belongs_to_one_process_at_a_time()
    {
        await using var server = await SampleServer.StartAsync(Durable);

        await Assert.ThrowsAsync<IOException>(() => SampleServer.StartAsync(Durable));
    }

    private static async Task<string> FillAsync(Settings settings)
    {
        await using var server = await SampleServer.StartAsync(settings);
        await server.RegisterAsync("alice", sequence: 1);
        await server.RegisterAsync("line\nbreak é", sequence: 2);
        await server.ChangeAsync("alice", "new", sequence: 3);
        await server.ChangeAsync("alice", "new", sequence: 3, isRedelivery: true);
        await server.ChangeAsync("nobody", sequence: 4);
        return await StateAndLogAsync(server);
    }

    private static async Task<string> StateAndLogAsync(SampleServer server) =>
        (await server.GetAsync("/state")).Body + (await server.GetAsync("/state/log")).Body;
}
