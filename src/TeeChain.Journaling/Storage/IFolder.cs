namespace TeeChain.Journaling;

/// <summary>A flat folder: the disk, or a test's own that loses, tears and refuses. All names are plain file names.</summary>
public interface IFolder
{
    /// <summary>For messages.</summary>
    string Path { get; }

    /// <summary>Takes the folder for this process until disposed; throws <see cref="JournalLockedException"/> when another has it.</summary>
    IDisposable Lock();

    IReadOnlyList<string> List();

    bool Exists(string name);

    /// <summary>Opens an existing file.</summary>
    IFile Open(string name);

    /// <summary>Makes an empty file, in place of one of that name.</summary>
    IFile Create(string name);

    /// <summary>Replaces a file called <paramref name="to"/>. Files open under the old name stay open.</summary>
    void Rename(string from, string to);

    void Delete(string name);

    /// <summary>Makes creations, renames and deletions durable.</summary>
    void Sync();
}
