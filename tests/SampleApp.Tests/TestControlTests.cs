namespace SampleApp.Tests;

public sealed class TestControlTests
{
    private static Task<SampleServer> StartAsync() => SampleServer.StartAsync(new() { HasTestControls = true });

    [Fact]
    public async Task Failing_writes_are_not_applied_until_it_is_switched_off()
    {
        await using var server = await StartAsync();
        await server.SendAsync("/test/fail-writes?status=503&user=alice", null);

        var failed = await server.RegisterAsync("alice", sequence: 1);
        var other = await server.RegisterAsync("bob", sequence: 2);
        var controls = await server.JsonAsync("/test");
        await server.SendAsync("/test/fail-writes?status=0", null);
        var later = await server.RegisterAsync("alice", sequence: 1, isRedelivery: true);

        Assert.Equal(503, failed.Status);
        Assert.Equal(201, other.Status);
        Assert.Equal(1, controls.GetProperty("failed").GetInt64());
        Assert.Equal(201, later.Status);
    }

    [Fact]
    public async Task A_mutated_answer_belongs_to_a_write_that_is_applied()
    {
        await using var server = await StartAsync();
        await server.SendAsync("/test/mutate-answers?status=299", null);

        var answer = await server.RegisterAsync("alice");

        Assert.Equal((299, """{"user":"alice","version":1}"""), answer);
        Assert.Equal(200, (await server.GetAsync("/login?user=alice")).Status);
    }

    [Theory]
    [InlineData("before", 404)]
    [InlineData("after", 200)]
    public async Task A_hanging_write_is_released_when_the_hang_is_switched_off(string at, int loginMeanwhile)
    {
        await using var server = await StartAsync();
        await server.SendAsync($"/test/hang?ms=600000&at={at}", null);

        var hanging = server.RegisterAsync("alice");
        var login = await Poll(() => server.GetAsync("/login?user=alice"), loginMeanwhile);
        var wasHanging = !hanging.IsCompleted;
        await server.SendAsync("/test/hang?ms=0", null);

        Assert.Equal(loginMeanwhile, login);
        Assert.True(wasHanging);
        Assert.Equal(201, (await hanging).Status);
    }

    [Theory]
    [InlineData("/test/fail-writes")]
    [InlineData("/test/fail-writes?status=99")]
    [InlineData("/test/mutate-answers?status=204")]
    [InlineData("/test/hang?ms=600001")]
    [InlineData("/test/hang?ms=1&at=never")]
    public async Task Wrong_values_are_refused(string path)
    {
        await using var server = await StartAsync();

        Assert.Equal(400, (await server.SendAsync(path, null)).Status);
    }

    private static async Task<int> Poll(Func<Task<(int Status, string Body)>> get, int wanted)
    {
        var deadline = DateTime.UtcNow.AddSeconds(10);
        int status;
        do
        {
            status = (await get()).Status;
        }
        while (status != wanted && DateTime.UtcNow < deadline);

        return status;
    }
}
