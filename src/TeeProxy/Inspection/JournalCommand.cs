using System.Globalization;
using System.Text;
using TeeChain.Journaling;
using TeeProxy.Chain;
using TeeProxy.Delivery;
using TeeProxy.Options;

namespace TeeProxy.Inspection;

/// <summary><c>teeproxy journal check|dump DIR</c>: reads a journal for people, and changes nothing.</summary>
internal static class JournalCommand
{
    /// <summary>Exit code: 0 sound, 1 damaged, 2 no journal there.</summary>
    public static int Run(Command.Journal command, TextWriter output, TextWriter errors)
    {
        try
        {
            using var folder = DiskFolder.OpenReadOnly(command.Folder);
            var report = JournalInspection.Check(folder);
            if (report is { JournalId: null, Damage: null })
            {
                errors.WriteLine($"teeproxy: There is no journal in {folder.Path}.");
                return 2;
            }

            if (command.Dump)
            {
                Dump(folder, command.Bodies, output);
            }
            else
            {
                Show(report, output);
            }

            if (report.Damage is { } damage)
            {
                errors.WriteLine($"teeproxy: {damage.Message}");
            }

            return report.IsSound ? 0 : 1;
        }
        catch (DirectoryNotFoundException e)
        {
            errors.WriteLine($"teeproxy: {e.Message}");
            return 2;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            errors.WriteLine($"teeproxy: {e.Message}");
            return 1;
        }
    }

    private static void Show(JournalReport report, TextWriter output)
    {
        // Of a damaged journal the identity and the cursor may not have been reached.
        output.WriteLine($"journal   {report.JournalId?.ToString() ?? "unknown"}");
        output.WriteLine($"records   {report.Records}, from {report.Base.Sequence + 1} to {report.Last.Sequence} (epoch {report.Last.Epoch}, CRC {report.Last.Crc:x8})");
        if (report.JournalId is not null)
        {
            output.WriteLine($"applied   {report.Cursor.Watermark}");
            output.WriteLine($"passed    {report.Passed} (by every row)");
        }

        foreach (var segment in report.Segments)
        {
            output.WriteLine($"segment   {segment.Name}: {segment.Records} records, {segment.Marks} syncs, {segment.End} of {segment.Bytes} bytes used");
        }

        if (report.Tail is { } tail)
        {
            output.WriteLine($"tail      {tail.Name}: {tail.NonZeroBytes} bytes behind offset {tail.Offset} are no records ({tail.Reason}); the next start cuts them, and nothing acknowledged is among them");
        }

        output.WriteLine(report.IsSound ? "sound" : "DAMAGED");
    }

    private static void Dump(DiskFolder folder, bool withBodies, TextWriter output)
    {
        foreach (var entry in JournalInspection.Dump(folder))
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{entry.Sequence} epoch {entry.Epoch} {entry.Time:yyyy-MM-ddTHH:mm:ss.ffffffZ} crc {entry.Crc:x8} "));
            switch (entry.Kind)
            {
                case EntryKind.Write:
                    WriteRequest(entry, withBodies, output);
                    break;
                case EntryKind.Outcome:
                    var outcome = OutcomeRecord.Decode(entry.Head.Span);
                    output.WriteLine($"outcome of {outcome.Sequence}: {outcome.Status}");
                    break;
                default:
                    var epoch = EpochRecord.Decode(entry.Head.Span);
                    output.WriteLine($"epoch {epoch.Epoch} of chain {epoch.Chain} begins under head {epoch.Head} at {epoch.HeadAddress}");
                    break;
            }
        }
    }

    private static void WriteRequest(JournalEntry entry, bool withBodies, TextWriter output)
    {
        output.WriteLine($"write, body {entry.BodyLength} bytes");
        foreach (var line in Encoding.Latin1.GetString(entry.Head.Span).TrimEnd().Split("\r\n"))
        {
            output.WriteLine($"    {line}");
        }

        if (!withBodies || entry.BodyLength == 0)
        {
            return;
        }

        output.WriteLine();
        using var body = new StreamReader(entry.OpenBody(), Encoding.UTF8);
        output.WriteLine($"    {body.ReadToEnd()}");
    }
}
