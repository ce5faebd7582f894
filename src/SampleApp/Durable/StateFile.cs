using System.Text.Json;
using SampleApp.Applied;
using SampleApp.Users;

namespace SampleApp.Durable;

/// <summary>
/// The file behind <c>--data</c>: a heading line, then one <see cref="StateLine"/> an arrival, only ever appended.
/// <see cref="Append"/> returns when the line is with the operating system, so it survives <c>kill -9</c>; with
/// <c>--fsync</c> it is asked onto the disk as well (.NET does not report it when that fails, so this is no more
/// than a demonstration). One process at a time: the file is locked while open. Called by one writer.
/// </summary>
internal sealed class StateFile : IDisposable
{
    private readonly FileStream _file;
    private readonly bool _isSynced;

    // Where the last whole line ends. Written by ReplayAsync, then by Append.
    private long _end;

    private StateFile(FileStream file, bool isSynced)
    {
        _file = file;
        _isSynced = isSynced;
    }

    /// <summary>
    /// Opens or makes the file, and locks it; <see cref="ReplayAsync"/> comes next. Throws <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/>, also while another process has it.
    /// </summary>
    public static StateFile Open(string path, bool isSynced)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            // Password hashes are in it: for the owner's eyes only.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new StateFile(new FileStream(path, options), isSynced);
    }

    /// <summary>
    /// Hands every arrival in the file to <paramref name="restore"/>, and cuts a torn last line (one without a line
    /// break). Called once, before the first <see cref="Append"/>. Throws <see cref="InvalidDataException"/>, which says
    /// where the file is damaged and what to do; the file is then unchanged.
    /// </summary>
    public async Task ReplayAsync(Action<Arrival, PasswordHash?> restore, CancellationToken cancellation)
    {
        _end = await StateReplay.ReadAsync(_file, restore, cancellation);
        _file.SetLength(_end);
        if (_end == 0)
        {
            Write(StateReplay.Heading);
        }
    }

    public void Append(Arrival arrival, PasswordHash password) => Write(
        [.. JsonSerializer.SerializeToUtf8Bytes(StateLine.From(arrival, password), StateLineJson.Readable.StateLine), (byte)'\n']);

    public void Dispose() => _file.Dispose();

    private void Write(ReadOnlySpan<byte> line)
    {
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, line, _end);
            if (_isSynced)
            {
                RandomAccess.FlushToDisk(_file.SafeFileHandle);
            }
        }
        catch (IOException)
        {
            // Half a line may be there; a shorter next one would leave its end behind.
            _file.SetLength(_end);
            throw;
        }

        _end += line.Length;
    }
}
