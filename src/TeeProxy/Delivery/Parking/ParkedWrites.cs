using TeeChain.Journaling;

namespace TeeProxy.Delivery.Parking;

/// <summary>The parked writes of this node, on disk and as a list. Thread-safe.</summary>
internal sealed class ParkedWrites
{
    private readonly IFolder _folder;
    private readonly Lock _gate = new();

    // Replaced as a whole under _gate; oldest first.
    private volatile IReadOnlyList<ParkedWrite> _all;

    private ParkedWrites(IFolder folder, IReadOnlyList<ParkedWrite> all) => (_folder, _all) = (folder, all);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ParkedWrite> All => _all;

    /// <summary>Reads what an earlier run left, and clears away what it did not finish.</summary>
    /// <exception cref="InvalidDataException">A file is damaged; the message says what to do.</exception>
    public static ParkedWrites Open(IFolder folder)
    {
        var names = folder.List();
        foreach (var unfinished in names.Where(name => name.EndsWith(ParkedFile.TemporaryExtension, StringComparison.Ordinal)))
        {
            folder.Delete(unfinished);
        }

        return new(folder, [.. names.Where(name => name.EndsWith(ParkedFile.Extension, StringComparison.Ordinal)).Select(name => ParkedFile.Read(folder, name))]);
    }

    /// <summary>Durable when this returns. Takes the place of one with the same sequence.</summary>
    /// <exception cref="IOException">The disk is full or fails; nothing is parked then.</exception>
    public void Add(ParkedWrite parked, RecordedWrite write)
    {
        lock (_gate)
        {
            ParkedFile.Write(_folder, parked, write);
            _all = [.. _all.Where(one => one.Sequence != parked.Sequence).Append(parked).OrderBy(one => one.Sequence)];
        }
    }

    /// <exception cref="IOException">The disk fails; it may come back with the next start.</exception>
    public void Remove(long sequence)
    {
        lock (_gate)
        {
            _folder.Delete(ParkedFile.NameOf(sequence));
            _folder.Sync();
            _all = [.. _all.Where(one => one.Sequence != sequence)];
        }
    }

    /// <summary>Called once, before anything is delivered: what was parked and not noted as such is delivered in its turn.</summary>
    public void RemoveUnless(Predicate<long> isDone)
    {
        foreach (var parked in All.Where(one => !isDone(one.Sequence)).ToArray())
        {
            Remove(parked.Sequence);
        }
    }

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public RecordedWrite Load(long sequence) => ParkedFile.Load(_folder, sequence);
}
