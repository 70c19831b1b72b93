namespace Evenkeel.Data.Images.Cifar;

/// <summary>Which of the two data sets.</summary>
public enum CifarVariant
{
    /// <summary>10 classes.</summary>
    Cifar10,

    /// <summary>100 classes, the fine ones.</summary>
    Cifar100,
}
