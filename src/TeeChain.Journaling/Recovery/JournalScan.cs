using TeeChain.Journaling.Cursors;
using TeeChain.Journaling.Segments;

namespace TeeChain.Journaling.Recovery;

/// <summary>
/// Everything that is in a folder, and the verdict over it. Changes nothing; recovery and <see cref="JournalInspection"/> share it.
/// <list type="number">
/// <item>Each segment but the last is walked to exactly where the next begins; a segment is begun only after everything before it was synced.</item>
/// <item>The last is walked as far as it is good.</item>
/// <item>Bad bytes are damage when a good mark stands behind them, or a cursor; else they are a tear.</item>
/// </list>
/// </summary>
internal sealed class JournalScan : IDisposable
{
    private readonly IFolder _folder;

    private JournalScan(IFolder folder) => _folder = folder;

    /// <summary>Null when the folder holds no journal yet.</summary>
    public Guid? JournalId { get; private set; }

    public List<SegmentScan> Segments { get; } = [];

    public VersionedCursor Cursor { get; private set; } = VersionedCursor.None;

    public long Passed { get; private set; }

    /// <summary>What stops the start; null when the journal is sound up to its tear.</summary>
    public IOException? Damage { get; private set; }

    public JournalPosition Last => Segments.Count == 0 ? default : Segments[^1].Last;

    public static JournalScan Run(IFolder folder)
    {
        var scan = new JournalScan(folder);
        try
        {
            scan.ReadAll();
        }
        catch (JournalDamagedException damage)
        {
            scan.Damage = damage;
        }
        catch
        {
            scan.Dispose();
            throw;
        }

        return scan;
    }

    public void Dispose()
    {
        foreach (var segment in Segments)
        {
            segment.File.Dispose();
        }
    }

    private void ReadAll()
    {
        var id = JournalIdentity.Read(_folder);
        var names = _folder.List().Where(SegmentHeader.IsName).Order(StringComparer.Ordinal).ToList();
        if (names.Count == 0)
        {
            JournalId = id is null ? null : throw Damaged(JournalIdentity.Name, 0, "the journal has an identity but no segments");
            return;
        }

        if (id is null && names.Count > 1)
        {
            throw Damaged(JournalIdentity.Name, 0, "there are segments, but the journal's identity is missing");
        }

        var files = new List<(string Name, IFile File)>();
        try
        {
            files.AddRange(names.Select(name => (name, _folder.Open(name))));
            var headers = files.ConvertAll(file => ReadHeader(file.Name, file.File, id));
            for (int i = 0; i < headers.Count; i++)
            {
                var next = i + 1 < headers.Count ? headers[i + 1].Base : (JournalPosition?)null;
                Segments.Add(SegmentScan.Run(files[i].File, headers[i], next));
                if (next is not null && Segments[i].StopReason is { } reason)
                {
                    throw Damaged(headers[i].Name, Segments[i].End, $"{reason}; the next segment proves that this was durable");
                }
            }
        }
        finally
        {
            foreach (var (_, file) in files.Skip(Segments.Count))
            {
                file.Dispose();
            }
        }

        Judge(id);
    }

    private void Judge(Guid? id)
    {
        var last = Segments[^1];
        if (last.FindMarkBehindEnd() is { } mark)
        {
            throw Damaged(last.Header.Name, last.End, $"{last.StopReason}; the mark at offset {mark} proves that this was durable");
        }

        if (id is null)
        {
            // The crash came before the identity was written. Nothing can have been recorded without it.
            JournalId = last.Last == last.Header.Base ? null : throw Damaged(JournalIdentity.Name, 0, "there are records, but the journal's identity is missing");
            return;
        }

        JournalId = id;
        Passed = Segments.Max(segment => segment.Passed);
        FindCursor(id.Value);
        if (Cursor.State.Highest > Last.Sequence)
        {
            Damage = last.CountBytesBehindEnd() > 0
                ? Damaged(last.Header.Name, last.End, $"{last.StopReason}; the cursor proves that the records up to {Cursor.State.Highest} were durable")
                : new CursorBeyondJournalException(_folder.Path, Cursor.State.Highest, Last.Sequence);
        }
    }

    private void FindCursor(Guid id)
    {
        foreach (var segment in Segments)
        {
            Offer(segment.Cursor);
        }

        if (_folder.Exists(CursorFile.Name))
        {
            using var file = _folder.Open(CursorFile.Name);
            Offer(CursorFile.Read(file, id));
        }

        void Offer(VersionedCursor? cursor) => Cursor = cursor is not null && cursor.Version > Cursor.Version ? cursor : Cursor;
    }

    private SegmentHeader ReadHeader(string name, IFile file, Guid? id)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        return file.Read(0, bytes) < bytes.Length || !SegmentHeader.TryRead(bytes, out var header)
            ? throw Damaged(name, 0, "a bad segment header")
            : id is not null && header.JournalId != id ? throw Damaged(name, 0, $"a segment of another journal, {header.JournalId}")
            : header.Name != name ? throw Damaged(name, 0, $"this segment's name should be {header.Name}")
            : header;
    }

    private JournalDamagedException Damaged(string name, long offset, string what) => new(Path.Combine(_folder.Path, name), offset, what);
}
