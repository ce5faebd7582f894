namespace LoadTest.Requests;

internal enum WriteKind
{
    Register,
    ChangePassword,
}

/// <summary>
/// A write that the sample application accepted, by what names it: the version that it gave the user. Both the client's answer and the
/// application's log have it.
/// </summary>
internal readonly record struct AcceptedWrite(string User, WriteKind Kind, long Version)
{
    public override string ToString() => $"{(Kind == WriteKind.Register ? "/register" : "/changePassword")} of {User} (version {Version})";
}
