using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using TeeChain.Fleet.Processes;

namespace TeeChain.Fleet.Tests.Processes;

/// <summary>With real processes.</summary>
public sealed class ProcessTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("teechain-processes-").FullName;
    private readonly List<SupervisedChild> _children = [];
    private readonly List<string> _told = [];
    private readonly Lazy<Launcher> _launcher;

    public ProcessTests()
    {
        _launcher = new(() => new Launcher(_folder));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _children)
        {
            await child.StopAsync(new CancellationToken(canceled: true));
        }

        await Leftovers.EndAsync(_folder, TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_process_that_dies_is_started_again_and_both_lives_are_in_its_log()
    {
        var child = Start("echo life; exec sleep 60");
        await UntilAsync(() => Log("child").Contains("life\n", StringComparison.Ordinal) && child.State.Pid != 0);
        var first = child.State.Pid;

        Signals.Send(first, Signals.Kill);

        await UntilAsync(() => child.State is { Restarts: 1, Pid: var pid } && pid != 0 && pid != first && Log("child") == "life\nlife\n");
        Assert.Matches(@"^child was ended by signal 9 \(.*child\.log ends: life\); started again in 0\.[0-9] s\.$", Assert.Single(_told));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_tried_again_and_said()
    {
        Start(["/no/such/program"]);

        await UntilAsync(() => _told.Count >= 2);

        Assert.All(_told, line => Assert.Contains("exited with 127", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task To_stop_is_to_be_asked_first()
    {
        var child = Start("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done");
        await UntilAsync(() => Log("child") == "up\n");

        var isOrderly = await child.StopAsync(new CancellationTokenSource(Deadline).Token);

        Assert.True(isOrderly);
        Assert.Equal("up\nbye\n", Log("child"));
        Assert.Equal((0, 0), (child.State.Pid, _told.Count));
    }

    [Fact]
    public async Task Who_does_not_finish_in_time_is_asked_once_more()
    {
        var plan = Plan("child", ["sh", "-c", "trap 'echo finishing' USR1; trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done"]) with
        {
            Farewell = new Farewell(Signals.User1, TimeSpan.FromMilliseconds(300)),
        };
        var child = SupervisedChild.Start(plan, _launcher.Value, Tell, TimeProvider.System);
        _children.Add(child);
        await UntilAsync(() => Log("child") == "up\n");

        var isOrderly = await child.StopAsync(new CancellationTokenSource(Deadline).Token);

        Assert.True(isOrderly);
        Assert.Equal("up\nfinishing\nbye\n", Log("child"));
    }

    [Fact]
    public async Task Who_does_not_stop_is_killed_with_all_that_it_started()
    {
        var child = Start($"trap '' TERM; sleep 70 & echo $! >{_folder}/grandchild; echo up; while :; do sleep 0.05; done");
        await UntilAsync(() => Log("child") == "up\n" && child.State.Pid != 0);
        var pid = child.State.Pid;

        var isOrderly = await child.StopAsync(new CancellationToken(canceled: true));

        Assert.False(isOrderly);
        await UntilAsync(() => !IsAlive(pid) && !IsAlive(int.Parse(File.ReadAllText($"{_folder}/grandchild"), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task What_a_process_left_when_it_died_does_not_hold_its_ports_when_it_is_started_again()
    {
        Start($"sleep 70 & echo $! >>{_folder}/grandchildren; exit 3");

        await UntilAsync(() => _told.Count >= 2);

        var left = File.ReadAllLines($"{_folder}/grandchildren");
        await UntilAsync(() => !IsAlive(int.Parse(left[0], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Each_process_is_in_a_session_of_its_own()
    {
        var child = Start("echo up; exec sleep 60");
        await UntilAsync(() => Log("child") == "up\n" && child.State.Pid != 0);

        // Fields behind the name: state, parent, group, session.
        var fields = File.ReadAllText($"/proc/{child.State.Pid}/stat").Split(") ")[1].Split(' ');

        Assert.Equal(child.State.Pid.ToString(CultureInfo.InvariantCulture), fields[3]);
    }

    [Fact]
    public async Task What_an_earlier_run_of_the_same_folder_left_is_ended_and_nobody_else()
    {
        var mine = await _launcher.Value.StartAsync(Plan("mine", ["sh", "-c", "trap '' TERM; sleep 70 & wait; sleep 70"]));
        var others = Directory.CreateTempSubdirectory("teechain-processes-").FullName;
        var other = await new Launcher(others).StartAsync(Plan("other", ["sleep", "70"]));
        await UntilAsync(() => Leftovers.Find(_folder).Count == 2);

        var ended = await Leftovers.EndAsync(_folder, TimeSpan.FromMilliseconds(300), TimeProvider.System, Cancellation);

        Assert.Equal(2, ended);
        Assert.Empty(Leftovers.Find(_folder));
        Assert.False(IsAlive(mine.Pid));
        Assert.True(IsAlive(other.Pid));
        await other.StopAsync(Farewell.Terminate, new CancellationToken(canceled: true));
        Directory.Delete(others);
    }

    [Fact]
    public async Task The_watchman_ends_what_its_run_left_when_its_process_is_gone_and_nothing_of_the_next_run()
    {
        var mine = await _launcher.Value.StartAsync(Plan("mine", ["sleep", "70"]));
        var stubborn = await _launcher.Value.StartAsync(Plan("stubborn", ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"]));
        var next = await new Launcher(_folder).StartAsync(Plan("next", ["sleep", "70"]));
        await UntilAsync(() => Log("stubborn") == "up\n" && Leftovers.Find(_folder).Count >= 3);

        // A process that starts a watchman as we do, and is killed: its end of the pipe closes without a word.
        using var watchman = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Watchman.Script.Replace("sleep 10", "sleep 0.2", StringComparison.Ordinal), $"{Watchman.Variable}={_launcher.Value.Run}"])
        {
            RedirectStandardInput = true,
        })!;
        watchman.StandardInput.Close();
        await watchman.WaitForExitAsync(Cancellation);

        await UntilAsync(() => !IsAlive(mine.Pid) && !IsAlive(stubborn.Pid));
        Assert.True(IsAlive(next.Pid));
        await next.StopAsync(Farewell.Terminate, new CancellationToken(canceled: true));
    }

    [Fact]
    public async Task The_watchman_ends_nothing_when_its_process_ended_in_order()
    {
        var mine = await _launcher.Value.StartAsync(Plan("mine", ["sleep", "70"]));
        Watchman.Start(_launcher.Value.Run).Dispose();
        using var watchman = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Watchman.Script, $"{Watchman.Variable}={_launcher.Value.Run}"]) { RedirectStandardInput = true })!;

        await watchman.StandardInput.WriteLineAsync();
        await watchman.WaitForExitAsync(Cancellation);

        Assert.True(IsAlive(mine.Pid));
    }

    [Fact]
    public async Task A_log_is_cut_while_its_process_goes_on()
    {
        Start("i=0; while :; do i=$((i+1)); echo line $i; sleep 0.01; done");
        await UntilAsync(() => Log("child").Length > 100);

        LogFile.Trim(Path.Combine(_folder, "child.log"), 50);

        Assert.StartsWith("line 1\n", Log("child.log.1", ""), StringComparison.Ordinal);
        await UntilAsync(() => Log("child").Length > 0);
        Assert.StartsWith("line ", Log("child"), StringComparison.Ordinal);
        Assert.DoesNotContain("line 1\n", Log("child"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_delay_grows_to_its_most_and_begins_anew_after_a_good_start()
    {
        var cases = ArbMap.Default.GeneratorFor<NonNegativeInt>().Zip(Gen.Choose(0, 1000)).ToArbitrary();

        Check.One(FsCheck.Config.QuickThrowOnFailure, Prop.ForAll(cases, one =>
        {
            var (deaths, chance) = (one.Item1.Get + 1, one.Item2 / 1000.0);
            var delay = BackOffRule.Delay(deaths, chance);
            return delay <= BackOffRule.Most && delay >= BackOffRule.First * 0.75
                && BackOffRule.Delay(deaths + 1, chance) >= delay
                && BackOffRule.Deaths(deaths, BackOffRule.WellStarted) == 1
                && BackOffRule.Deaths(deaths, TimeSpan.Zero) == deaths + 1;
        }));
        Assert.Equal(BackOffRule.Most, BackOffRule.Delay(100, 0));
    }

    private SupervisedChild Start(string script) => Start(["sh", "-c", script]);

    private SupervisedChild Start(IReadOnlyList<string> words)
    {
        var child = SupervisedChild.Start(Plan("child", words), _launcher.Value, Tell, TimeProvider.System);
        _children.Add(child);
        return child;
    }

    private ChildPlan Plan(string name, IReadOnlyList<string> words) => new(name, words, Path.Combine(_folder, name + ".log"));

    private void Tell(string line)
    {
        lock (_told)
        {
            _told.Add(line);
        }
    }

    private string Log(string name, string extension = ".log") => File.Exists(Path.Combine(_folder, name + extension)) ? File.ReadAllText(Path.Combine(_folder, name + extension)) : "";

    private static bool IsAlive(int pid) => File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z", StringComparison.Ordinal);

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var began = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(20, Cancellation))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Deadline, "It did not come about in time.");
        }
    }
}
