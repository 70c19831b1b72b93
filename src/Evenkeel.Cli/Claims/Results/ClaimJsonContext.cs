using System.Text.Json.Serialization;

namespace Evenkeel.Cli.Claims.Results;

/// <summary>Generated readers and writers, which need no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true
)]
[JsonSerializable(typeof(ClaimRecord))]
internal sealed partial class ClaimJsonContext : JsonSerializerContext;
