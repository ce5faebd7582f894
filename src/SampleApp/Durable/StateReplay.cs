using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using SampleApp.Applied;
using SampleApp.Users;

namespace SampleApp.Durable;

/// <summary>Reads a state file from its beginning. Called by <see cref="StateFile.ReplayAsync"/>.</summary>
internal static class StateReplay
{
    /// <summary>The first line of every state file, so that no other file is taken for one and cut.</summary>
    public static ReadOnlySpan<byte> Heading => "{\"sampleAppState\":1}\n"u8;

    /// <summary>Returns the position behind the last whole line; what follows it is a tear.</summary>
    public static async Task<long> ReadAsync(FileStream file, Action<Arrival, PasswordHash?> restore, CancellationToken cancellation)
    {
        var end = 0L;
        var lines = PipeReader.Create(file, new StreamPipeReaderOptions(leaveOpen: true, bufferSize: 1 << 16));
        while (true)
        {
            var read = await lines.ReadAsync(cancellation);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } lineBreak)
            {
                var line = rest.Slice(0, rest.GetPosition(1, lineBreak));
                Take(line, end, file.Name, restore);
                end += line.Length;
                rest = rest.Slice(line.End);
            }

            // A file without any line break is a heading cut short, or none of ours.
            if (read.IsCompleted && end == 0 && !Heading.StartsWith(rest.ToArray()))
            {
                throw NotOurs(file.Name);
            }

            lines.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
            {
                await lines.CompleteAsync();
                return end;
            }
        }
    }

    private static void Take(ReadOnlySequence<byte> line, long position, string path, Action<Arrival, PasswordHash?> restore)
    {
        if (position == 0)
        {
            if (!Heading.SequenceEqual(line.ToArray()))
            {
                throw NotOurs(path);
            }

            return;
        }

        try
        {
            var reader = new Utf8JsonReader(line);
            if (JsonSerializer.Deserialize(ref reader, StateLineJson.Readable.StateLine) is { } stored
                && stored.TryRead(out var arrival, out var password))
            {
                restore(arrival, password);
                return;
            }
        }
        catch (JsonException)
        {
            // Told below, with the position in the file.
        }

        throw new InvalidDataException(
            $"{path} is damaged: the line at byte {position} cannot be read; restore the file from a copy, or move it away to start empty");
    }

    private static InvalidDataException NotOurs(string path) =>
        new($"{path} is not a state file of sample-app (its first line is another); nothing was changed; name another file with --data");
}
