using System.Text.Json;
using TeeChain.Protocol;
using TeeChain.Protocol.Registration;

namespace TeeChain.Fleet.Registry;

/// <summary>Whether an announcement stands. Pure: every body has an answer, and only one that is accepted changes anything.</summary>
internal static class AnnouncementRule
{
    /// <summary>The longest body; a real one is a third of that.</summary>
    public const int MostBytes = 4096;

    /// <summary>How far an announcement's time may be from the registry's.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    /// <summary>How long a nonce must be remembered: from the earliest to the latest moment at which its announcement would stand.</summary>
    public static readonly TimeSpan NonceLife = Tolerance * 2;

    private const int NonceChars = 32;

    /// <param name="Now">Milliseconds since 1970 UTC.</param>
    /// <param name="Since">What was signed earlier may have been taken by an earlier run, whose nonces are forgotten; in the same unit.</param>
    /// <param name="IsSpent">Whether a nonce was used within <see cref="NonceLife"/>.</param>
    /// <param name="HasLeft">Whether a worker was just taken out of the fleet.</param>
    /// <param name="HasRoom">Whether another nonce can be remembered.</param>
    internal sealed record Facts(long Now, long Since, ReadOnlyMemory<byte> Secret, Func<string, bool> IsSpent, Func<string, bool> HasLeft, bool HasRoom, Roster Roster);

    /// <summary>What is answered.</summary>
    /// <param name="Status">Of HTTP: 200, 400, 401, 409, 429.</param>
    /// <param name="Reason">For people.</param>
    /// <param name="Worker">Who is let in; null for all but 200. Its addresses stand as <c>host:port</c>.</param>
    internal sealed record Admission(int Status, string Reason, Worker? Worker = null, Announcement? Announcement = null);

    public static Admission Judge(Facts facts, ReadOnlySpan<byte> body)
    {
        if (body.Length > MostBytes)
        {
            return new(400, $"An announcement has at most {MostBytes} bytes.");
        }

        if (Read(body) is not { } announcement)
        {
            return new(400, "The body is no announcement: JSON with name, address, teeproxy, admin, time, nonce, signature.");
        }

        return WhyMisshapen(announcement, out var worker) is { } misshapen ? new(400, misshapen)
            : Refusal(facts, announcement, worker!) ?? new(200, "registered", worker, announcement);
    }

    private static Admission? Refusal(Facts facts, Announcement announcement, Worker worker)
    {
        if (!AnnouncementSignature.IsRight(announcement, facts.Secret.Span))
        {
            return new(401, "The signature is wrong: the node and the registry need the same --secret-file.");
        }

        var limit = (long)Tolerance.TotalMilliseconds;
        if (announcement.Time < facts.Now - limit)
        {
            return new(401, $"The announcement has expired: it was signed more than {Tolerance.TotalSeconds:0} s ago by the registry's clock. Set the clocks.");
        }

        if (announcement.Time > facts.Now + limit)
        {
            return new(401, $"The announcement is from the future: it was signed more than {Tolerance.TotalSeconds:0} s ahead of the registry's clock. Set the clocks.");
        }

        if (announcement.Time < facts.Since)
        {
            return new(409, "The announcement was signed before the registry was started, so it may be a replay of what it took then: sign another.");
        }

        if (facts.IsSpent(announcement.Nonce))
        {
            return new(409, "The announcement was replayed: its nonce has been used.");
        }

        return facts.HasLeft(worker.Name) ? new(409, $"{worker.Name} was taken out of the fleet: stop it. It may come again, with a new folder, a minute later.")
            : WhyTaken(facts.Roster, worker) is { } taken ? new(409, taken)
            : facts.HasRoom ? null
            : new(429, "Too many announcements came within a minute; later ones will be taken.");
    }

    /// <summary>Why <paramref name="worker"/> cannot have its name or addresses; null when it can. Who is away gives way.</summary>
    public static string? WhyTaken(Roster roster, Worker worker)
    {
        var holder = roster.Seats.FirstOrDefault(seat => seat.Collides(worker) && seat.Worker.State != WorkerState.Away && !seat.Is(worker));
        return holder is null ? null
            : holder.Name == worker.Name ? $"The name {worker.Name} is taken by the worker at {holder.Worker.Address}, teeproxy {holder.Worker.Teeproxy}, which is present."
            : $"An address of {worker.Name} ({worker.Address}, {worker.Teeproxy}, {worker.Admin}) is taken by {holder.Name}, which is present.";
    }

    private static string? WhyMisshapen(Announcement announcement, out Worker? worker)
    {
        worker = null;
        if (!Announcement.IsName(announcement.Name))
        {
            return "name takes 1 to 64 of A-Z a-z 0-9 . _ -";
        }

        if (announcement.Nonce.Length != NonceChars || !announcement.Nonce.All(char.IsAsciiHexDigit))
        {
            return $"nonce takes {NonceChars} hexadecimal digits";
        }

        var texts = (string[])[announcement.Address, announcement.Teeproxy, announcement.Admin];
        var addresses = texts.Select(text => Address.TryParse(text, out var address) && address == address.Told ? address.ToString() : null).OfType<string>().Distinct().ToArray(); // A wildcard says nothing of who announces it.
        if (addresses.Length < texts.Length)
        {
            return "address, teeproxy and admin take host:port, three different ones by which others reach them";
        }

        worker = new Worker(announcement.Name, addresses[0], addresses[1], addresses[2], WorkerState.Present);
        return null;
    }

    private static Announcement? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ProtocolJson.Default.Announcement);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
