using System.Net.Sockets;
using System.Text;

namespace Evenkeel.Watch.Tests.Support;

/// <summary>Requests as they are written: clients of libraries would mend the path and the host.</summary>
internal static class RawHttp
{
    /// <summary>Sends a request and gives the status of the answer.</summary>
    public static int Status(Uri address, string target, string? host = null, string method = "GET")
    {
        using TcpClient client = Send(address, target, host, method);
        using var reader = new StreamReader(client.GetStream());
        return int.Parse(reader.ReadLine()!.Split(' ')[1]);
    }

    /// <summary>Sends a request and leaves the answer unread.</summary>
    public static TcpClient Send(Uri address, string target, string? host = null, string method = "GET")
    {
        var client = new TcpClient(address.Host, address.Port);
        client
            .GetStream()
            .Write(
                Encoding.ASCII.GetBytes(
                    $"{method} {target} HTTP/1.1\r\nHost: {host ?? address.Authority}\r\nContent-Length: 0\r\n\r\n"
                )
            );
        return client;
    }
}
