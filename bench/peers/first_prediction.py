"""A process from its start to its first prediction: BN-Inception from a file, one image. Nothing is printed; time the process.

    /usr/bin/python3 first_prediction.py model.pt --make     # writes a model to load
    /usr/bin/python3 first_prediction.py model.pt image.npy
"""
import sys

import torch


def make(path):
    from bn_inception import BNInception

    model = BNInception().eval()
    torch.jit.save(torch.jit.freeze(torch.jit.trace(model, torch.zeros(1, 3, 224, 224))), path)


def predict(path, image):
    import numpy

    model = torch.jit.load(path)
    with torch.no_grad():
        model(torch.from_numpy(numpy.load(image)))


if __name__ == "__main__":
    if sys.argv[2] == "--make":
        make(sys.argv[1])
    else:
        predict(sys.argv[1], sys.argv[2])
