namespace SampleApp.Web;

/// <summary>Computes the answer to a request.</summary>
internal delegate ValueTask<Answer> Handler(HttpContext context);

/// <summary>How long the answers of a path are delayed by <c>--delay</c>.</summary>
internal enum Pace
{
    AtOnce,
    Delayed,
    DelayedAtRandom,
}

/// <summary>What one path takes and who answers it.</summary>
internal sealed record Route(bool IsWrite, Pace Pace, Handler Handler)
{
    public static Route Get(Pace pace, Handler handler) => new(false, pace, handler);

    public static Route Post(Pace pace, Handler handler) => new(true, pace, handler);

    public string Allow => IsWrite ? "POST" : "GET, HEAD";

    public bool Takes(string method) => IsWrite ? HttpMethods.IsPost(method) : HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
}
