using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Fleet.Statistics;
using TeeProxy.Tests.Spooling;

namespace TeeChain.Fleet.Tests.Statistics;

public sealed class StatisticsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("teechain-").FullName;

    private string File => Path.Combine(_folder, "worker-stats.db");

    [Fact]
    public void Processes_that_find_the_file_new_at_the_same_time_all_begin_with_it()
    {
        for (var round = 0; round < 4; round++)
        {
            var path = Path.Combine(_folder, $"new{round}.db");
            using var together = new Barrier(2);
            Parallel.For(0, together.ParticipantCount, new ParallelOptions { MaxDegreeOfParallelism = together.ParticipantCount }, _ =>
            {
                using var store = new StatisticsStore(path, TimeSpan.FromSeconds(60));
                together.SignalAndWait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
                store.Add([new WorkerCounts("romulus", 1, 0, 1)]);
            });

            using var reader = new StatisticsStore(path, TimeSpan.FromSeconds(60));
            Assert.Equal([new WorkerCounts("romulus", together.ParticipantCount, 0, together.ParticipantCount)], reader.Add([]));
        }
    }

    [Fact]
    public void What_was_counted_survives_a_restart()
    {
        var (counts, keeping, store) = Open(File);
        counts.Add("romulus", isSuccess: true, TimeSpan.FromMilliseconds(10));
        counts.Add("romulus", isSuccess: false, TimeSpan.FromMilliseconds(30));
        keeping.Step();
        store.Dispose();

        var (again, later, _) = Open(File);
        later.Step();
        again.Add("romulus", isSuccess: true, TimeSpan.FromMilliseconds(20));

        var row = Assert.Single(later.Current());
        Assert.Equal(("romulus", 2, 1, 20.0), (row.Worker, row.Successes, row.Failures, row.AverageMilliseconds));
    }

    [Fact]
    public async Task Several_keep_one_file()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(process => Task.Factory.StartNew(
            () =>
            {
                var (counts, keeping, store) = Open(File);
                for (var i = 0; i < 50; i++)
                {
                    counts.Add("romulus", isSuccess: true, TimeSpan.FromMilliseconds(2));
                    counts.Add($"own{process}", isSuccess: false, TimeSpan.Zero);
                    keeping.Step();
                }

                Poll(() => keeping.Current().Count(one => one.Worker.StartsWith("own", StringComparison.Ordinal)) == 4, keeping.Step);
                store.Dispose();
            },
            TaskCreationOptions.LongRunning)));

        var (_, last, _) = Open(File);
        last.Step();

        Assert.Equal(new WorkerCounts("romulus", 200, 0, 200 * 2 * TimeSpan.TicksPerMillisecond), last.Current().Single(one => one.Worker == "romulus"));
        Assert.All(last.Current().Where(one => one.Worker != "romulus"), own => Assert.Equal(50, own.Failures));
    }

    [Fact]
    public void A_locked_database_holds_nothing_up_and_loses_nothing()
    {
        var (counts, keeping, _) = Open(File);
        keeping.Step();
        using (var other = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            other.Open();
            using var locking = other.BeginTransaction(deferred: false);
            counts.Add("remus", isSuccess: true, TimeSpan.Zero);
            keeping.Step();
            counts.Add("remus", isSuccess: true, TimeSpan.Zero);

            Assert.Equal(2, Assert.Single(keeping.Current()).Successes);
        }

        keeping.Step();
        var (_, elsewhere, _) = Open(File);
        elsewhere.Step();

        Assert.Equal(2, Assert.Single(keeping.Current()).Successes);
        Assert.Equal(2, Assert.Single(elsewhere.Current()).Successes);
    }

    [Fact]
    public async Task A_full_disk_holds_nothing_up_and_loses_nothing()
    {
        var folder = Path.Combine(_folder, "small");
        using var disk = await SmallDisk.TryMountAsync(folder, TestContext.Current.CancellationToken);
        Assert.SkipWhen(disk is null, "a file system cannot be mounted here");
        var (counts, keeping, store) = Open(Path.Combine(folder, "worker-stats.db"));
        using var end = store; // before the disk is unmounted
        Fill(Path.Combine(folder, "filling"));

        counts.Add("remus", isSuccess: true, TimeSpan.Zero);
        keeping.Step();
        counts.Add("remus", isSuccess: true, TimeSpan.Zero);
        var full = keeping.Current();
        System.IO.File.Delete(Path.Combine(folder, "filling"));
        keeping.Step();

        Assert.Equal(2, Assert.Single(full).Successes);
        using var again = new StatisticsStore(Path.Combine(folder, "worker-stats.db"), TimeSpan.Zero);
        Assert.Equal(2, Assert.Single(again.Add([])).Successes);
    }

    [Fact]
    public void Whatever_happens_in_whatever_order_every_request_counts_once()
    {
        var plans = Gen.ListOf(Gen.Elements("add", "add", "step", "read", "lock", "unlock", "restart"));

        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(25).WithEndSize(30), Prop.ForAll(plans.ToArbitrary(), plan => Play([.. plan]) == plan.Count(one => one == "add")));
    }

    [Theory]
    [InlineData("PRAGMA user_version = 2", "version 2")]
    [InlineData("CREATE TABLE workers(name TEXT)", "version 0")]
    public void A_file_of_another_kind_is_refused(string sql, string what)
    {
        using (var other = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }

        var refused = Assert.Throws<InvalidDataException>(Open(File).Keeping.Load);

        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        System.IO.File.WriteAllText(File, new string('x', 5000));

        var refused = Assert.Throws<InvalidDataException>(Open(File).Keeping.Load);

        Assert.Contains("no SQLite database", refused.Message, StringComparison.Ordinal);
        Assert.Equal(5000, new FileInfo(File).Length);
    }

    [Fact]
    public void The_answer_has_the_configured_balancers_shape()
    {
        var written = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(written))
        {
            StatsAnswer.Write(json, [new("", 0, 1, 0), new("gone", 1, 0, 5 * TimeSpan.TicksPerMillisecond), new("remus", 2, 1, 10 * TimeSpan.TicksPerMillisecond)], ["romulus", "remus"]);
        }

        Assert.Equal(
            """{"SuccessfulRequests":[{"total":3},{"romulus":0},{"remus":2},{"gone":1}],"FailedRequests":[{"total":2},{"romulus":0},{"remus":1},{"gone":0}]"""
            + ""","TotalRequests":[{"total":5},{"romulus":0},{"remus":3},{"gone":1}],"AverageResponseTime":[{"total":3},{"romulus":0},{"remus":3.333},{"gone":5}]}""",
            Encoding.UTF8.GetString(written.WrittenSpan));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static (RequestCounts Counts, StatisticsKeeping Keeping, StatisticsStore Store) Open(string file)
    {
        var (counts, store) = (new RequestCounts(), new StatisticsStore(file, TimeSpan.FromMilliseconds(50)));
        return (counts, new StatisticsKeeping(counts, store, NullLogger<StatisticsKeeping>.Instance), store);
    }

    /// <summary>What is counted in the end.</summary>
    private long Play(string[] plan)
    {
        var file = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        var (counts, keeping, store) = Open(file);
        keeping.Step();
        using var other = new SqliteConnection($"Data Source={file};Pooling=False");
        other.Open();
        SqliteTransaction? locking = null;
        long added = 0;
        foreach (var step in plan)
        {
            switch (step)
            {
                case "add":
                    counts.Add("w", isSuccess: true, TimeSpan.FromTicks(1));
                    added++;
                    break;
                case "step":
                    keeping.Step();
                    break;
                case "read":
                    Assert.Equal(added, keeping.Current().Sum(one => one.Total));
                    break;
                case "lock":
                    locking ??= other.BeginTransaction(deferred: false);
                    break;
                case "unlock":
                    locking?.Dispose();
                    locking = null;
                    break;
                case "restart" when locking is null:
                    keeping.Step();
                    store.Dispose();
                    (counts, keeping, store) = Open(file);
                    keeping.Step();
                    break;
            }
        }

        locking?.Dispose();
        keeping.Step();
        store.Dispose();
        var (_, last, end) = Open(file);
        last.Step();
        end.Dispose();
        return last.Current().Sum(one => one.Successes);
    }

    private static void Fill(string file)
    {
        using var filling = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                filling.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static void Poll(Func<bool> isSo, Action step)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            Assert.False(deadline.IsCancellationRequested, "not within 30 s");
            step();
            Thread.Sleep(5);
        }
    }
}
