namespace TeeChain.Fleet.Registry;

/// <summary>Where announcements are judged: the registry in the same process, or one elsewhere.</summary>
internal interface IAnnouncementDesk
{
    /// <summary>Answers an announcement. Thread-safe.</summary>
    /// <param name="body">No longer than <see cref="AnnouncementRule.MostBytes"/>.</param>
    Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> body);
}
