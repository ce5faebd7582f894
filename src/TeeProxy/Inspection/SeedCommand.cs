using System.Globalization;
using TeeChain.Journaling;
using TeeProxy.Chain;
using TeeProxy.Delivery;
using TeeProxy.Options;

namespace TeeProxy.Inspection;

/// <summary>
/// <c>teeproxy journal seed</c>: makes an empty folder into that of a node whose application was restored from a copy that
/// was taken while the head held its writes at one record. It joins the chain behind that record.
/// </summary>
internal static class SeedCommand
{
    /// <summary>Exit code: 0 seeded, 1 not; then the folder is to be emptied before another try.</summary>
    public static int Run(Command.Seed command, TextWriter output, TextWriter errors)
    {
        try
        {
            using var folder = DiskFolder.OpenOrCreate(command.Folder);
            if (folder.List().Count > 0)
            {
                errors.WriteLine($"teeproxy: {folder.Path} is not empty; a node is seeded into a new folder.");
                return 1;
            }

            Seed(folder, command).GetAwaiter().GetResult();
            output.WriteLine($"{folder.Path} begins behind record {command.Position.Sequence} of chain {command.Chain}. Start teeproxy with it as a replica: list it as a successor, and remove or declare the node whose place it takes.");
            return 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            errors.WriteLine($"teeproxy: {e.Message}");
            return 1;
        }
    }

    /// <summary>Reads <c>SEQUENCE:EPOCH:CRC:DIGEST</c> as <c>POST /admin/hold</c> tells it; null when it is something else.</summary>
    public static (JournalPosition Position, ulong Digest)? Parse(string text) =>
        text.Split(':') is [var sequence, var epoch, { Length: 8 } crc, { Length: 16 } digest]
        && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var s) && s > 0
        && long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var e) && e > 0
        && uint.TryParse(crc, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var c)
        && ulong.TryParse(digest, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var d)
            ? (new JournalPosition(s, e, c), d)
            : null;

    // The membership comes last: a folder without one belongs to no chain, whatever its journal begins with.
    private static async Task Seed(DiskFolder folder, Command.Seed command)
    {
        await using (var journal = Journal.Open(folder, new JournalOptions { InitialBase = command.Position, SegmentBytes = 1 << 20 }))
        {
            var notes = new CursorNotes { IsCleanStop = true, Digest = command.Digest };
            journal.SaveCursor(new CursorState(command.Position.Sequence, default, notes.Encode()));
        }

        MembershipFile.Save(folder, new Membership
        {
            Node = Guid.NewGuid(),
            Chain = command.Chain,
            Role = Role.Replica,
            IsJoining = true,
            Epoch = command.Position.Epoch,
        });
    }
}
