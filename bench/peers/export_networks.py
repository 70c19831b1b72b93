"""Well-known networks of torchvision as ONNX files, with an input and what PyTorch makes of it in double.

  python3 export_networks.py FOLDER [NAME ...]

Weights are random, running statistics those of a batch of noise. Writes NAME.onnx, and beside it NAME.x.npy and NAME.y.npy for
`evenkeel run`. Needs python3-torchvision.
"""
import os
import sys
import warnings

import numpy
import torch
import torch.nn as nn
import torchvision

NAMES = ["resnet50", "mobilenet_v2", "mobilenet_v3_large", "densenet121", "shufflenet_v2_x1_0", "squeezenet1_1", "vgg16_bn", "googlenet", "inception_v3",
         "efficientnet_b0", "mnasnet1_0", "regnet_y_400mf", "resnext50_32x4d", "alexnet"]


def export(name, folder):
    torch.manual_seed(0)
    extra = {"aux_logits": False, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
    net = getattr(torchvision.models, name)(weights=None, **extra)
    side = 299 if name == "inception_v3" else 224
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
            module.weight.data.uniform_(0.8, 1.2)
            module.bias.data.normal_(0, 0.1)
        if isinstance(module, nn.Dropout):
            module.p = 0
    with torch.no_grad():
        net.train()(torch.randn(4, 3, side, side))
    net.eval()
    x = torch.randn(2, 3, side, side)
    with torch.no_grad():
        y = net.double()(x.double()).numpy()
        own = numpy.abs(net.float()(x).numpy() - y).max() / numpy.abs(y).max()
    path = os.path.join(folder, name)
    torch.onnx.export(net, x[:1], path + ".onnx", opset_version=13, input_names=["image"], output_names=["scores"],
                      dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}}, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    numpy.save(path + ".x.npy", x.numpy())
    numpy.save(path + ".y.npy", y)
    print(f"{name}: PyTorch's own float32 is {own:.2g} from its double", flush=True)


def main():
    warnings.filterwarnings("ignore")
    os.makedirs(sys.argv[1], exist_ok=True)
    for name in sys.argv[2:] or NAMES:
        export(name, sys.argv[1])


if __name__ == "__main__":
    main()
