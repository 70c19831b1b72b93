using Evenkeel.Execution;

namespace Evenkeel.Bench;

/// <summary>What a message costs by the latency-bandwidth model: alpha, and beta for each byte, both ways at once.</summary>
/// <param name="Name">For people.</param>
/// <param name="Latency">Alpha, s.</param>
/// <param name="Bandwidth">1 / beta, bytes per second each way.</param>
internal sealed record Link(string Name, double Latency, double Bandwidth)
{
    /// <summary>
    /// Links as others have measured them, from one program to another. 1 Gbit: Open MPI over TCP, 35 us and 118 MB/s (University of Liverpool,
    /// NW-GRID, 2009). 10 Gbit: 20 us (Hurwitz and Feng 2003). 100 Gbit: TCP's 10 us at best (Larsen et al. 2007). 93 % of a line is what
    /// Open MPI had of 40 Gbit Ethernet (Squyres 2014). HDR: 1.2 us and 24 GB/s (Microsoft, HBv3 virtual machines, 2021); for NDR the same
    /// latency and share of the line.
    /// </summary>
    public static IReadOnlyList<Link> Published { get; } =
    [
        new("Ethernet, 1 Gbit/s", 35e-6, 0.118e9),
        new("Ethernet, 10 Gbit/s", 20e-6, 1.16e9),
        new("Ethernet, 100 Gbit/s", 10e-6, 11.6e9),
        new("InfiniBand HDR", 1.2e-6, 24e9),
        new("InfiniBand NDR", 1.2e-6, 48e9),
    ];

    /// <summary>Seconds for messages that wait for one another.</summary>
    public double Time(long rounds, long bytes) => (rounds * Latency) + (bytes / Bandwidth);

    /// <summary>Seconds for the exchanges of some kinds.</summary>
    public double Time(IEnumerable<ExchangeTraffic> traffic) => traffic.Sum(t => Time(t.Rounds, t.Bytes));
}
