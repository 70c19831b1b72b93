using System.Buffers;
using System.Security.Cryptography;

namespace Evenkeel.Data.Mnist;

/// <summary>
/// Brings missing files into a folder: mirror by mirror, into a temporary name, checked against the published
/// checksum, flushed, renamed. What has the final name is whole and right.
/// </summary>
internal static class MnistDownload
{
    private const int BufferLength = 1 << 16;

    // Almost four times the largest canonical file: a mirror that sends more is not sending it.
    private const long MaxBytes = 100_000_000;

    /// <summary>Downloads the files.</summary>
    /// <exception cref="DataUnavailableException">A file could not be had from any mirror, or not be written.</exception>
    public static async Task RunAsync(
        MnistVariant variant,
        IReadOnlyList<MnistFile> files,
        string folder,
        MnistDownloadOptions options,
        CancellationToken cancellation
    )
    {
        IReadOnlyList<Uri> mirrors = options.Mirrors ?? variant.Mirrors;
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            Directory.CreateDirectory(folder);
            foreach (MnistFile file in files)
            {
                string? failures = await FromAnyMirrorAsync(http, file, mirrors, folder, options, cancellation)
                    .ConfigureAwait(false);
                if (failures is not null)
                {
                    throw new DataUnavailableException(
                        $"{variant.Name} could not be downloaded: {failures}. Put {StillMissing(files, folder)} into "
                            + $"{Path.GetFullPath(folder)}, or name a folder that has them."
                    );
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataUnavailableException(
                $"{variant.Name} could not be stored in {Path.GetFullPath(folder)} ({e.Message.TrimEnd('.')}); set "
                    + "EVENKEEL_CACHE to a folder that can be written.",
                e
            );
        }
    }

    private static string StillMissing(IEnumerable<MnistFile> files, string folder) =>
        MnistFiles.FileNames(files.Where(file => !File.Exists(Path.Combine(folder, file.Name))));

    // Null when a mirror gave the file, else what went wrong with each.
    private static async Task<string?> FromAnyMirrorAsync(
        HttpClient http,
        MnistFile file,
        IReadOnlyList<Uri> mirrors,
        string folder,
        MnistDownloadOptions options,
        CancellationToken cancellation
    )
    {
        var failures = new List<string>();
        foreach (Uri mirror in mirrors)
        {
            var source = new Uri(mirror, file.Name);
            string? failure = await FromMirrorAsync(http, file, source, folder, options, cancellation)
                .ConfigureAwait(false);
            if (failure is null)
                return null;
            failures.Add($"{source}: {failure}");
        }

        return failures.Count > 0 ? string.Join("; ", failures) : "no mirror is configured";
    }

    private static async Task<string?> FromMirrorAsync(
        HttpClient http,
        MnistFile file,
        Uri source,
        string folder,
        MnistDownloadOptions options,
        CancellationToken cancellation
    )
    {
        // A name of its own, so that two processes that fill one cache do not write into one file.
        string temporary = Path.Combine(folder, $"{file.Name}.{Guid.NewGuid():N}.part");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            string md5 = await ReceiveAsync(http, file, source, temporary, options, patience).ConfigureAwait(false);
            if (!string.Equals(md5, file.Md5, StringComparison.OrdinalIgnoreCase))
                return $"wrong checksum, MD5 {md5} instead of {file.Md5}";
            File.Move(temporary, Path.Combine(folder, file.Name), overwrite: true);
            return null;
        }
        catch (HttpRequestException e)
        {
            return e.StatusCode is { } status ? $"HTTP status {(int)status}" : OneLine(e);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"no answer for {options.Timeout.TotalSeconds:0.#} s";
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task<string> ReceiveAsync(
        HttpClient http,
        MnistFile file,
        Uri source,
        string temporary,
        MnistDownloadOptions options,
        CancellationTokenSource patience
    )
    {
        patience.CancelAfter(options.Timeout);
        using HttpResponseMessage response = await http.GetAsync(
                source,
                HttpCompletionOption.ResponseHeadersRead,
                patience.Token
            )
            .ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        long? total = response.Content.Headers.ContentLength;
        using Stream body = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        using var target = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
#pragma warning disable CA5351 // The published checksums are MD5; they guard against damage, not against an enemy.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        long received = 0;
        int read;
        while ((read = await ReadPieceAsync(body, buffer, patience.Token).ConfigureAwait(false)) > 0)
        {
            patience.CancelAfter(options.Timeout);
            received += read;
            if (received > MaxBytes)
                throw new HttpRequestException($"more than {MaxBytes} bytes");
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), patience.Token).ConfigureAwait(false);
            options.Progress?.Report(new MnistDownloadProgress(file.Name, source, received, total));
        }

        ArrayPool<byte>.Shared.Return(buffer);
        target.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // A connection that breaks is the mirror's failure; other failures of this kind are the disk's.
    private static async ValueTask<int> ReadPieceAsync(Stream body, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(buffer.AsMemory(), cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    private static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ").TrimEnd('.');
}
