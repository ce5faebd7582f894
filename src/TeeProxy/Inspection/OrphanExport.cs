using System.Buffers;
using System.Globalization;
using System.Text.Json;
using TeeChain.Journaling;
using TeeProxy.Chain;
using TeeProxy.Requests;

namespace TeeProxy.Inspection;

/// <summary>
/// Writes the writes that only this node has, because another head has replaced the one that took them, to a file for
/// people: one JSON object a line, bodies as Base64. The journal keeps them too, until the node is seeded anew.
/// </summary>
internal sealed partial class OrphanExport(ChainMember member, Journal journal, string folder, ILogger<OrphanExport> log)
{
    private const int PieceBytes = 48 << 10; // a multiple of three, so that no padding comes in the middle

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>The file's path.</summary>
    public static string PathIn(string folder, long from) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"orphans-from-{from}.jsonl"));

    /// <summary>Waits for orphans and exports them once; then it waits for nothing more.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var standing = await member.Standing.WaitAsync(static standing => standing.Membership.OrphansFrom is not null, cancellation);
        var from = standing.Membership.OrphansFrom!.Value;
        var path = PathIn(folder, from);
        while (!File.Exists(path))
        {
            try
            {
                LogExported(await ExportAsync(from, path, cancellation), from, path);
            }
            catch (IOException e)
            {
                LogFailed(path, e.Message);
                await Task.Delay(RetryAfter, cancellation);
            }
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
    }

    /// <summary>Returns how many writes there were. The file is there whole, or not at all.</summary>
    private async Task<int> ExportAsync(long from, string path, CancellationToken cancellation)
    {
        var temporary = path + ".part";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // bodies hold passwords
        }

        var count = 0;
        await using (var file = new FileStream(temporary, options))
        {
            using var reader = journal.OpenReader(Math.Max(from - 1, journal.Base.Sequence)); // a budget that ran out may have taken the first
            while (reader.TryRead(out var entry))
            {
                if (entry.Kind == EntryKind.Write)
                {
                    await WriteAsync(entry, file, cancellation);
                    count++;
                }
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return count;
    }

    private static async Task WriteAsync(JournalEntry entry, Stream file, CancellationToken cancellation)
    {
        var head = RequestHead.Decode(entry.Head.Span);
        await using var body = entry.OpenBody();
        await using (var json = new Utf8JsonWriter(file))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", entry.Sequence);
            json.WriteNumber("epoch", entry.Epoch);
            json.WriteString("time", entry.Time);
            json.WriteString("method", head.Method);
            json.WriteString("target", head.Target);
            json.WriteStartArray("headers");
            foreach (var (name, value) in head.Headers)
            {
                json.WriteStringValue($"{name}: {value}");
            }

            json.WriteEndArray();
            json.WritePropertyName("body");
            await WriteBodyAsync(body, json, cancellation);
            json.WriteEndObject();
        }

        file.WriteByte((byte)'\n');
    }

    private static async Task WriteBodyAsync(Stream body, Utf8JsonWriter json, CancellationToken cancellation)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            int read;
            do
            {
                read = await body.ReadAtLeastAsync(piece.AsMemory(0, PieceBytes), PieceBytes, throwOnEndOfStream: false, cancellation);
                json.WriteBase64StringSegment(piece.AsSpan(0, read), isFinalSegment: read < PieceBytes);
                await json.FlushAsync(cancellation);
            }
            while (read == PieceBytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Count} writes from record {From} on are held by this node alone: another head has replaced the one that took them. They are in {Path}; see what became of them, then seed this node anew.", EventName = "orphans_exported")]
    private partial void LogExported(int count, long from, string path);

    [LoggerMessage(LogLevel.Warning, "The orphaned writes cannot be written to {Path}: {Why}. It is tried again; the journal keeps them.", EventName = "orphans_export_failing")]
    private partial void LogFailed(string path, string why);
}
