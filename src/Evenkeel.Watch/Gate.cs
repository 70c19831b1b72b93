using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Evenkeel.Watch;

/// <summary>
/// Who may read: those that know the address with its token, and ask for it by the name of this machine. A page of another site knows
/// neither; should its name be made to lead here, the name gives it away.
/// </summary>
/// <param name="token">The first part of every path.</param>
internal sealed class Gate(string token)
{
    private const int TokenBytes = 16;
    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);

    /// <summary>A token that nobody guesses.</summary>
    public static string NewToken() => RandomNumberGenerator.GetHexString(2 * TokenBytes, lowercase: true);

    /// <summary>The status for a request that may not pass, or null.</summary>
    public int? Refusal(HttpRequest request) =>
        request.Host.Host is not ("127.0.0.1" or "localhost") ? StatusCodes.Status421MisdirectedRequest
        : request.Method != "GET" ? StatusCodes.Status405MethodNotAllowed
        : PathBehind(request) is null ? StatusCodes.Status404NotFound
        : null;

    /// <summary>The rest of a path behind the token; null if it has another one.</summary>
    public string? PathBehind(HttpRequest request)
    {
        string path = request.Path.Value ?? "";
        int end = path.IndexOf('/', Math.Min(1, path.Length));
        return end > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(path[1..end]), _token)
            ? path[(end + 1)..]
            : null;
    }
}
