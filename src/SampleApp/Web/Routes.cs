namespace SampleApp.Web;

/// <summary>Which path goes where.</summary>
internal static class Routes
{
    public static IEnumerable<KeyValuePair<string, Route>> Of(ReadEndpoints reads, WriteEndpoints writes, StateEndpoints state) =>
    [
        new("/register", Route.Post(Pace.Delayed, writes.RegisterAsync)),
        new("/changePassword", Route.Post(Pace.Delayed, writes.ChangePasswordAsync)),
        new("/login", Route.Get(Pace.Delayed, reads.Login)),
        new("/", Route.Get(Pace.Delayed, reads.Greet)),
        new("/api/v1/hello", Route.Get(Pace.DelayedAtRandom, reads.Hello)),
        new("/state", Route.Get(Pace.AtOnce, state.State)),
        new("/state/log", Route.Get(Pace.AtOnce, state.Log)),
    ];

    public static IEnumerable<KeyValuePair<string, Route>> OfTests(TestEndpoints tests) =>
    [
        new("/test", Route.Get(Pace.AtOnce, tests.Show)),
        new("/test/fail-writes", Route.Post(Pace.AtOnce, tests.FailWrites)),
        new("/test/hang", Route.Post(Pace.AtOnce, tests.Hang)),
        new("/test/mutate-answers", Route.Post(Pace.AtOnce, tests.MutateAnswers)),
        new("/test/mutate-bodies", Route.Post(Pace.AtOnce, tests.MutateBodies)),
    ];
}
