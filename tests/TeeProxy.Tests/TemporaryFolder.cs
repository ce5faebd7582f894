using TeeChain.Journaling;

namespace TeeProxy.Tests;

/// <summary>A folder that is gone after the test, and what tests keep in one.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DiskFolder _folder;

    public TemporaryFolder() => _folder = DiskFolder.OpenOrCreate(System.IO.Path.Combine(System.IO.Path.GetTempPath(), "teechain-" + Guid.NewGuid().ToString("N")));

    public IFolder Folder => _folder;

    public string Path => _folder.Path;

    /// <summary>A small journal here; close it before it is opened again.</summary>
    public Journal OpenJournal(JournalOptions? options = null) =>
        Journal.Open(_folder, options ?? new JournalOptions { SegmentBytes = 1 << 20, MaxBytes = 64 << 20 });

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
