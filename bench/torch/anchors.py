#!/usr/bin/python3
"""The work that bench/torch-cpu compares, in PyTorch on the CPU: one JSON line each, the median of several repeats.

    apt-get install -y --no-install-recommends python3-torch      # Debian's build
    python3 bench/torch/anchors.py [--threads 2] [--repeat 5] [--only train,decode,vqgan]

train   one AdamW step of a Chameleon of 12 layers x 384 (6 heads, feed-forward 1024, vocabulary 5128), float32, one sequence of
        525 IE + 16 XP + 526 TD tokens under the X-Prompt mask, loss on the last 259. The mask is a dense matrix: PyTorch has no other
        on a CPU.
decode  one token after a cache of 64 in 16 layers x 768 (12 heads, feed-forward 2048, vocabulary 8192), float32.
vqgan   encoder and decoder of 48 channels, multipliers 1 2 2 4, one residual block a level (two in the decoder), 64 latent channels, on
        4 pictures of 128 x 128.

The Java side is org.xprompt4j.bench.work: same sizes, same operations, read the two side by side.
"""
import argparse
import json
import math
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

IE, XP, TD, SCORED = 525, 16, 526, 259


def rms_norm(x, weight):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * weight


class Layer(nn.Module):
    """RMSNorm, attention with QK-norm and rotary positions, RMSNorm, SwiGLU."""

    def __init__(self, hidden, heads, ffn):
        super().__init__()
        self.heads, self.head_dim = heads, hidden // heads
        self.q, self.k, self.v, self.o = (nn.Linear(hidden, hidden, bias=False) for _ in range(4))
        self.gate, self.up = nn.Linear(hidden, ffn, bias=False), nn.Linear(hidden, ffn, bias=False)
        self.down = nn.Linear(ffn, hidden, bias=False)
        self.norm1, self.norm2 = nn.Parameter(torch.ones(hidden)), nn.Parameter(torch.ones(hidden))
        # weight and bias of every head's norm: [2, heads, head_dim]
        self.q_norm = nn.Parameter(torch.ones(2, heads, self.head_dim))
        self.k_norm = nn.Parameter(torch.ones(2, heads, self.head_dim))

    def rotated(self, x, norm, cos, sin):
        x = F.layer_norm(x, (self.head_dim,)) * norm[0] + norm[1]
        x = x.transpose(1, 2)  # [batch, heads, seq, head_dim]
        a, b = x.chunk(2, -1)
        return x * cos + torch.cat((-b, a), -1) * sin

    def forward(self, x, cos, sin, bias, cache=None):
        batch, seq, hidden = x.shape
        split = (batch, seq, self.heads, self.head_dim)
        y = rms_norm(x, self.norm1)
        q = self.rotated(self.q(y).view(split), self.q_norm, cos, sin)
        k = self.rotated(self.k(y).view(split), self.k_norm, cos, sin)
        v = self.v(y).view(split).transpose(1, 2)
        if cache is not None:
            k, v = torch.cat((cache[0], k), 2), torch.cat((cache[1], v), 2)
        scores = q @ k.transpose(-1, -2) / math.sqrt(self.head_dim)
        if bias is not None:
            scores = scores + bias
        attended = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, seq, hidden)
        x = x + self.o(attended)
        y = rms_norm(x, self.norm2)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


class Chameleon(nn.Module):
    def __init__(self, layers, hidden, heads, ffn, vocab):
        super().__init__()
        self.embedding, self.head = nn.Embedding(vocab, hidden), nn.Linear(hidden, vocab, bias=False)
        self.norm = nn.Parameter(torch.ones(hidden))
        self.layers = nn.ModuleList(Layer(hidden, heads, ffn) for _ in range(layers))
        self.head_dim = hidden // heads

    def rotary(self, start, count):
        angle = torch.arange(start, start + count)[:, None] / 10000 ** (torch.arange(0, self.head_dim, 2)[None] / self.head_dim)
        angle = torch.cat((angle, angle), -1)
        return angle.cos(), angle.sin()


class Residual(nn.Module):
    def __init__(self, into, out):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(16, into, 1e-6), nn.Conv2d(into, out, 3, 1, 1)
        self.norm2, self.conv2 = nn.GroupNorm(16, out, 1e-6), nn.Conv2d(out, out, 3, 1, 1)
        self.shortcut = nn.Conv2d(into, out, 1) if into != out else nn.Identity()

    def forward(self, x):
        h = self.conv1(F.silu(self.norm1(x)))
        return self.shortcut(x) + self.conv2(F.silu(self.norm2(h)))


def median_seconds(work, repeat):
    work()
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def say(**values):
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), **values}), flush=True)


def train(repeat):
    torch.manual_seed(0)
    model = Chameleon(12, 384, 6, 1024, 5128)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4)
    seq = IE + XP + TD
    i = torch.arange(seq)
    visible = (i[None] <= i[:, None]) & ~((i[:, None] >= IE + XP) & (i[None] < IE))
    bias = torch.zeros(seq, seq).masked_fill(~visible, float("-inf"))
    ids = torch.randint(0, 5128, (1, seq))
    cos, sin = model.rotary(0, seq)

    def step():
        x = model.embedding(ids)
        for layer in model.layers:
            x = layer(x, cos, sin, bias)
        loss = F.cross_entropy(model.head(rms_norm(x, model.norm)[0, -SCORED - 1:-1]), ids[0, -SCORED:])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    say(work="train", rate=seq / median_seconds(step, repeat), unit="tokens/s")


@torch.no_grad()
def decode(repeat):
    model = Chameleon(16, 768, 12, 2048, 8192).eval()
    cos, sin = model.rotary(64, 1)
    cache = [(torch.randn(1, 12, 64, 64), torch.randn(1, 12, 64, 64)) for _ in model.layers]
    ids = torch.zeros(1, 1, dtype=torch.long)

    def step():
        x = model.embedding(ids)
        for layer, kept in zip(model.layers, cache):
            x = layer(x, cos, sin, None, kept)
        return model.head(rms_norm(x, model.norm)).argmax(-1)

    say(work="decode", rate=1 / median_seconds(step, repeat * 5), unit="tokens/s")


@torch.no_grad()
def vqgan(repeat):
    channels, multipliers = 48, (1, 2, 2, 4)
    encoder, c = [nn.Conv2d(3, channels, 3, 1, 1)], channels
    for level, times in enumerate(multipliers):
        encoder.append(Residual(c, channels * times))
        c = channels * times
        if level < 3:
            encoder.append(nn.Conv2d(c, c, 3, 2, 1))
    encoder += [Residual(c, c), nn.GroupNorm(16, c), nn.SiLU(), nn.Conv2d(c, 64, 3, 1, 1)]
    decoder = [nn.Conv2d(64, c, 3, 1, 1), Residual(c, c)]
    for level, times in reversed(list(enumerate(multipliers))):
        decoder += [Residual(c, channels * times), Residual(channels * times, channels * times)]
        c = channels * times
        if level:
            decoder += [nn.Upsample(scale_factor=2), nn.Conv2d(c, c, 3, 1, 1)]
    decoder += [nn.GroupNorm(16, c), nn.SiLU(), nn.Conv2d(c, 3, 3, 1, 1)]
    encode, decode_ = nn.Sequential(*encoder), nn.Sequential(*decoder)
    pictures = torch.randn(4, 3, 128, 128)
    latent = encode(pictures)
    say(work="vqgan-encode", rate=4 / median_seconds(lambda: encode(pictures), repeat), unit="images/s")
    say(work="vqgan-decode", rate=4 / median_seconds(lambda: decode_(latent), repeat), unit="images/s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", default="train,decode,vqgan")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for name in options.only.split(","):
        {"train": train, "decode": decode, "vqgan": vqgan}[name](options.repeat)
