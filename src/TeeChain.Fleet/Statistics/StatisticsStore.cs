using Microsoft.Data.Sqlite;

namespace TeeChain.Fleet.Statistics;

/// <summary>
/// Counts in an SQLite file that several processes may share: each adds what it counted. Survives the death of any of them. Blocks its
/// caller while another process writes. For one thread at a time.
/// <code>
///   PRAGMA user_version = 1
///   requests: worker TEXT PRIMARY KEY | successes | failures | ticks (of 100 ns)
/// </code>
/// </summary>
/// <param name="path">The file; made when it is not there, its folder is not.</param>
/// <param name="patience">For another process's write; then it counts as locked.</param>
internal sealed class StatisticsStore(string path, TimeSpan patience) : IDisposable
{
    private const long Version = 1;
    private const int NotADatabase = 26; // SQLITE_NOTADB

    private SqliteConnection? _open;

    static StatisticsStore() => SQLitePCL.Batteries_V2.Init();

    /// <summary>All or nothing: when it throws, nothing was added, and it may be called again with the same.</summary>
    /// <returns>The sums of all processes behind that, in order of the names.</returns>
    /// <exception cref="SqliteException">Locked, full, or broken.</exception>
    /// <exception cref="InvalidDataException">The file is not what this release writes; the message says what to do.</exception>
    public IReadOnlyList<WorkerCounts> Add(IReadOnlyList<WorkerCounts> counts)
    {
        try
        {
            _open ??= Open();
            if (counts.Count > 0)
            {
                Upsert(_open, counts);
            }

            return Sums(_open);
        }
        catch
        {
            Dispose(); // also ends a transaction that is half done
            throw;
        }
    }

    public void Dispose()
    {
        _open?.Dispose();
        _open = null;
    }

    private SqliteConnection Open()
    {
        var opened = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,

            // The client would wait for a lock by itself, in whole seconds, beside SQLite's own patience below.
            DefaultTimeout = 1,
        }.ToString());
        try
        {
            opened.Open();
            Run(opened, $"PRAGMA busy_timeout = {(int)patience.TotalMilliseconds}");
            Prepare(opened);
            Run(opened, "PRAGMA synchronous = NORMAL"); // with WAL it loses nothing by the death of a process
            return opened;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == NotADatabase)
        {
            opened.Dispose();
            throw new InvalidDataException($"{path} is no SQLite database. Give another --stats-db, or move the file away.", e);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private void Prepare(SqliteConnection opened)
    {
        if (Check(opened))
        {
            return;
        }

        // Readers and a writer do not wait for each other.
        Run(opened, "PRAGMA journal_mode = WAL");
        using var transaction = opened.BeginTransaction(deferred: false);
        if (!Check(opened)) // another process may have been first
        {
            Run(opened, $"""
                CREATE TABLE requests(
                    worker TEXT NOT NULL PRIMARY KEY, successes INTEGER NOT NULL, failures INTEGER NOT NULL, ticks INTEGER NOT NULL) WITHOUT ROWID;
                PRAGMA user_version = {Version};
                """);
        }

        transaction.Commit();
    }

    /// <summary>Whether the tables are there; false when the file is new.</summary>
    private bool Check(SqliteConnection opened)
    {
        // One statement sees one moment: between two, another process may make the tables.
        using var ask = opened.CreateCommand();
        ask.CommandText = "SELECT user_version, (SELECT count(*) FROM sqlite_master) FROM pragma_user_version";
        using var row = ask.ExecuteReader();
        row.Read();
        var (version, tables) = (row.GetInt64(0), row.GetInt64(1));
        if (version == Version)
        {
            return true;
        }

        return version == 0 && tables == 0
            ? false
            : throw new InvalidDataException(
                $"{path} holds statistics of version {version}, and this release knows {Version}. Use the release that wrote it, give another --stats-db, or move the file away.");
    }

    private static void Upsert(SqliteConnection open, IReadOnlyList<WorkerCounts> counts)
    {
        using var transaction = open.BeginTransaction(deferred: false);
        using var upsert = open.CreateCommand();
        upsert.CommandText = """
            INSERT INTO requests VALUES ($worker, $successes, $failures, $ticks)
            ON CONFLICT(worker) DO UPDATE SET
                successes = successes + excluded.successes, failures = failures + excluded.failures, ticks = ticks + excluded.ticks
            """;
        foreach (var one in counts)
        {
            upsert.Parameters.Clear();
            upsert.Parameters.AddWithValue("$worker", one.Worker);
            upsert.Parameters.AddWithValue("$successes", one.Successes);
            upsert.Parameters.AddWithValue("$failures", one.Failures);
            upsert.Parameters.AddWithValue("$ticks", one.Ticks);
            upsert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static List<WorkerCounts> Sums(SqliteConnection open)
    {
        using var select = open.CreateCommand();
        select.CommandText = "SELECT worker, successes, failures, ticks FROM requests ORDER BY worker";
        using var row = select.ExecuteReader();
        List<WorkerCounts> sums = [];
        while (row.Read())
        {
            sums.Add(new WorkerCounts(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)));
        }

        return sums;
    }

    private static void Run(SqliteConnection open, string sql)
    {
        using var command = open.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
