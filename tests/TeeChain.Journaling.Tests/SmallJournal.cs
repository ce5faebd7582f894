namespace TeeChain.Journaling.Tests;

/// <summary>What the tests of damage, tears and repeats begin with.</summary>
internal static class SmallJournal
{
    public static JournalOptions Options => ScriptedRun.Options with { Retain = TimeSpan.FromDays(1) };

    public static EntryPayload Payload(long sequence) => EntryPayload.InMemory("POST /"u8.ToArray(), ScriptedRun.Body(sequence));

    public static async Task AppendAsync(Journal journal, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await journal.AppendAsync(EntryKind.Write, Payload(journal.Last.Sequence + 1));
        }
    }

    /// <summary>The whole stream of records that follow <paramref name="after"/>.</summary>
    public static byte[] Raw(Journal journal, long after)
    {
        using var reader = journal.OpenReader(after);
        using var stream = new MemoryStream();
        byte[] buffer = new byte[1000];
        while (reader.ReadRaw(buffer) is > 0 and var count)
        {
            stream.Write(buffer, 0, count);
        }

        Assert.Equal(journal.Last.Sequence, reader.RawSequence);
        return stream.ToArray();
    }

    public static async Task ReceiveAsync(Journal journal, byte[] records, long last)
    {
        Assert.Equal(ReceiveResult.Accepted, await journal.AppendReceivedAsync(records, TestContext.Current.CancellationToken));
        await AwaitAsync(journal, last);
    }

    /// <summary>Looks at the end once a turn: whoever asked twice could wait for what comes behind <paramref name="last"/>, for ever.</summary>
    public static async Task AwaitAsync(Journal journal, long last)
    {
        for (long at = journal.Last.Sequence; at < last;)
        {
            at = await journal.WaitCommittedAsync(at, TestContext.Current.CancellationToken);
        }
    }

    public static void AssertHolds(Journal journal, long last)
    {
        Assert.Equal(last, journal.Last.Sequence);
        using var reader = journal.OpenReader(journal.Base.Sequence);
        for (long sequence = journal.Base.Sequence + 1; sequence <= last; sequence++)
        {
            Assert.True(reader.TryRead(out var entry), $"record {sequence} is missing");
            Assert.Equal(sequence, entry.Sequence);
            Assert.True(entry.Body.Span.SequenceEqual(ScriptedRun.Body(sequence)), $"record {sequence} has another body");
        }

        Assert.False(reader.TryRead(out _));
    }
}
