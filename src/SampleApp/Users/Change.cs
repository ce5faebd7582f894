namespace SampleApp.Users;

internal enum ChangeKind
{
    Register,
    ChangePassword,
}

/// <summary>
/// A write as it arrived, with its password already hashed. Applied by <see cref="UserStore"/>. Its delivery is null when
/// it did not come through a proxy; it is a redelivery when the proxy said that it may have been delivered before.
/// </summary>
internal sealed record Change(ChangeKind Kind, string User, PasswordHash Password, Delivery? Delivery, bool IsRedelivery);

/// <summary>
/// What a write is answered with, and the user's version afterwards (0 when there is no such user). It depends on
/// nothing but the writes before it, so replicas answer alike.
/// </summary>
internal readonly record struct Outcome(int Status, long Version)
{
    public bool IsAccepted => Status is StatusCodes.Status200OK or StatusCodes.Status201Created;
}
