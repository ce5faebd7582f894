namespace TeeChain.EndToEnd.Harness;

/// <summary>A temporary folder of one test. It stays after a failed test, so that logs and journals can be read.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("teechain-e2e-");

    public string Path => _folder.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result != TestResult.Failed)
        {
            _folder.Delete(recursive: true);
        }
    }
}
