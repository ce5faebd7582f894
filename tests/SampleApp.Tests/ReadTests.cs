using System.Diagnostics;

namespace SampleApp.Tests;

public sealed class ReadTests
{
    [Theory]
    [InlineData("/", "Hi there, I'm served from romulus!")]
    [InlineData("/api/v1/hello", """{"message":"hello from romulus"}""")]
    public async Task Greetings_carry_the_name(string path, string body)
    {
        await using var server = await SampleServer.StartAsync();

        var answer = await server.GetAsync(path);

        Assert.Equal((200, body), answer);
    }

    [Fact]
    public async Task The_counting_reply_counts_from_one()
    {
        await using var server = await SampleServer.StartAsync(new() { Name = "w", Reply = Options.ReplyKind.Count });

        var first = await server.GetAsync("/");
        var second = await server.GetAsync("/");

        Assert.Equal((200, "Server: 'w', Request count: '1'"), first);
        Assert.Equal((200, "Server: 'w', Request count: '2'"), second);
    }

    [Theory]
    [InlineData("/login?user=alice", 200)]
    [InlineData("/login?user=alice&password=secret", 200)]
    [InlineData("/login?user=alice&password=wrong", 401)]
    [InlineData("/login?user=alice&password=", 401)]
    [InlineData("/login?user=bob", 404)]
    [InlineData("/login?user=Alice", 404)]
    [InlineData("/login", 400)]
    public async Task Login_tells_known_unknown_and_wrong_apart(string path, int status)
    {
        await using var server = await SampleServer.StartAsync();
        await server.RegisterAsync("alice", "secret");

        var answer = await server.GetAsync(path);

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("/Login?user=alice")]
    [InlineData("/login/?user=alice")]
    [InlineData("/LOGIN?user=alice")]
    [InlineData("/State")]
    [InlineData("/api/v1/Hello")]
    [InlineData("/nowhere")]
    [InlineData("/test")]
    public async Task Unknown_paths_and_paths_in_another_case_are_not_found(string path)
    {
        await using var server = await SampleServer.StartAsync();
        await server.RegisterAsync("alice");

        var answer = await server.GetAsync(path);

        Assert.Equal(404, answer.Status);
    }

    [Theory]
    [InlineData("/Register", 404)]
    [InlineData("/changepassword", 404)]
    [InlineData("/test/fail-writes?status=500", 404)]
    [InlineData("/login", 405)]
    [InlineData("/", 405)]
    public async Task Posts_to_other_paths_are_refused(string path, int status)
    {
        await using var server = await SampleServer.StartAsync();

        var answer = await server.SendAsync(path, null);

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(100, 500)]
    public async Task Only_the_hello_path_fails_and_it_does_so_at_the_failure_rate(double rate, int status)
    {
        await using var server = await SampleServer.StartAsync(new() { FailureRate = rate });

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(status, (await server.GetAsync("/api/v1/hello")).Status);
            Assert.Equal(200, (await server.GetAsync("/")).Status);
        }

        Assert.Equal(201, (await server.RegisterAsync("alice")).Status);
    }

    [Fact]
    public async Task A_failure_rate_between_fails_about_as_often()
    {
        await using var server = await SampleServer.StartAsync(new() { FailureRate = 30 }, new Random(1));
        var failures = 0;

        for (var i = 0; i < 1000; i++)
        {
            failures += (await server.GetAsync("/api/v1/hello")).Status == 500 ? 1 : 0;
        }

        Assert.InRange(failures, 250, 350);
    }

    [Theory]
    [InlineData("/", 190, true)]
    [InlineData("/login?user=alice", 190, true)]
    [InlineData("/api/v1/hello", 95, true)]
    [InlineData("/state", 190, false)]
    public async Task Answers_of_the_application_are_delayed_and_its_state_is_not(string path, int milliseconds, bool isDelayed)
    {
        await using var server = await SampleServer.StartAsync(new() { Delay = TimeSpan.FromMilliseconds(200) });
        var watch = Stopwatch.StartNew();
        var best = TimeSpan.MaxValue;

        // The fastest of three, so that a busy machine does not look like a delay.
        for (var i = 0; i < 3; i++)
        {
            watch.Restart();
            await server.GetAsync(path);
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        Assert.Equal(isDelayed, best.TotalMilliseconds >= milliseconds);
    }
}
