using TeeChain.Journaling;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

public sealed class LocalCursorTests : IAsyncLifetime
{
    private const ulong ThisBoot = 7;

    private readonly TemporaryFolder _data = new();
    private Journal? _opened;

    private Journal Journal => _opened!;

    /// <summary>Write 1, outcome 2, write 3, write 4; the cursor of the run before stood behind write 1.</summary>
    public async ValueTask InitializeAsync()
    {
        _opened = _data.OpenJournal();
        foreach (var kind in (EntryKind[])[EntryKind.Write, EntryKind.Outcome, EntryKind.Write, EntryKind.Write])
        {
            await _opened.AppendAsync(kind, EntryPayload.InMemory(new OutcomeRecord(1, 200, 0).Encode(), default));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public void After_a_clean_stop_nothing_is_suspect() => Assert.Equal([], SuspectsAfter(isCleanStop: true, ThisBoot));

    [Fact]
    public void After_a_clean_stop_and_a_reboot_nothing_is_suspect() => Assert.Equal([], SuspectsAfter(isCleanStop: true, boot: 8));

    [Fact]
    public void After_a_crash_of_the_process_the_write_that_may_have_been_in_flight_is_suspect() =>
        Assert.Equal([3], SuspectsAfter(isCleanStop: false, ThisBoot));

    [Fact]
    public void After_a_crash_of_the_machine_all_that_may_have_been_delivered_since_the_last_sync_is_suspect() =>
        Assert.Equal([3, 4], SuspectsAfter(isCleanStop: false, boot: 8));

    [Fact]
    public void A_new_journals_cursor_suspects_nothing()
    {
        var cursor = Open(CursorNotes.Decode([]));

        Assert.Equal((0, false), (cursor.Watermark, cursor.IsSuspect(1)));
    }

    [Fact]
    public void A_crash_with_nothing_to_deliver_suspects_nothing_that_comes_later()
    {
        Journal.SaveCursor(new CursorState(4, default, new CursorNotes { IsCleanStop = false, Boot = ThisBoot }.Encode()));

        var cursor = Open(CursorNotes.Decode(Journal.Cursor.Notes.Span));

        Assert.False(cursor.IsSuspect(5));
    }

    [Fact]
    public void Opening_it_takes_back_the_clean_stop()
    {
        Journal.SaveCursor(new CursorState(1, default, new CursorNotes { IsCleanStop = true, Boot = 1 }.Encode()));

        Open(CursorNotes.Decode(Journal.Cursor.Notes.Span));

        var notes = CursorNotes.Decode(Journal.Cursor.Notes.Span);
        Assert.Equal((false, ThisBoot, 1), (notes.IsCleanStop, notes.Boot, Journal.Cursor.Watermark));
    }

    [Fact]
    public void A_delivery_is_saved_at_once_and_what_is_no_write_with_the_next_save()
    {
        var cursor = Open(new CursorNotes());

        cursor.Delivered(1, 0xaa, 200);
        Assert.Equal(1, Journal.Cursor.Watermark);
        cursor.Passed(2);
        Assert.Equal(1, Journal.Cursor.Watermark);
        cursor.Save(isCleanStop: false);

        Assert.Equal((2, cursor.Digest.Current), (Journal.Cursor.Watermark, CursorNotes.Decode(Journal.Cursor.Notes.Span).Digest));
    }

    [Fact]
    public void A_clean_stop_is_saved_even_when_nothing_moved()
    {
        var cursor = Open(new CursorNotes { Redelivered = 4 });
        cursor.CountRedelivery();

        cursor.Save(isCleanStop: true);

        var notes = CursorNotes.Decode(Journal.Cursor.Notes.Span);
        Assert.Equal((true, 5), (notes.IsCleanStop, notes.Redelivered));
    }

    private long[] SuspectsAfter(bool isCleanStop, ulong boot)
    {
        Journal.SaveCursor(new CursorState(1, default, new CursorNotes { IsCleanStop = isCleanStop, Boot = boot }.Encode()));
        var cursor = Open(CursorNotes.Decode(Journal.Cursor.Notes.Span));
        Assert.Equal(1, cursor.Watermark);
        return [.. new long[] { 3, 4, 5, 6 }.Where(cursor.IsSuspect)];
    }

    private LocalCursor Open(CursorNotes notes) => new(Journal, notes, TestComparison.Of(notes), ThisBoot, hasLanes: false);
}
