"""The works of bench/gpu-report.sh in PyTorch, on request: the other side of the comparison, in a process of its own.

Reads a line of JSON, does it, answers with one:

    {"prepare": NAME, "sizes": {...}}   makes operands, compiles, warms up     {"rival": "PyTorch 2.11, compiled"}
    {"turn": N}                         N samples                              {"micros": [...]}
    {"release": true}                   lets go of the operands                {"released": true}

and {"error": "..."} where it cannot. A sample is timed by events in the stream. Before it a large buffer is read, which empties the cache
and gives the host time to queue the calls, as org.xprompt4j.bench.gpu.GpuTimer does it; operands are used in turn.

--dry runs every work once at small sizes on the CPU and times nothing: does it work with this PyTorch?
"""
import json
import math
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

DRY = "--dry" in sys.argv
DEVICE = "cpu" if DRY else "cuda"
VERSION = "PyTorch " + ".".join(torch.__version__.split("+")[0].split(".")[:2])
WARM_UP = 0.5  # seconds
SHORTEST = 200.0  # microseconds of a sample
MOST_REPEATS = 32
CACHES = 4  # operands of so many caches are used in turn


def cache_bytes():
    return 1 << 20 if DRY else torch.cuda.get_device_properties(0).L2_cache_size


def sets(size_in_bytes):
    return 2 if DRY else int(min(512, max(1, math.ceil(CACHES * cache_bytes() / size_in_bytes))))


def normal(*shape, dtype=torch.float32, deviation=1.0):
    return torch.randn(*shape, device=DEVICE, dtype=dtype) * deviation


def each(count, maker):
    return [maker() for _ in range(count)]


def compiled(function):
    """Compiled where that works at all; the first calls compile."""
    return function if DRY else torch.compile(function)


def matmul(m, n, k, order, bf16):
    dtype = torch.bfloat16 if bf16 else torch.float32
    count = sets((m * k + k * n + m * n) * (2 if bf16 else 4))
    a = each(count, lambda: normal(k, m, dtype=dtype).t() if order[0] == "T" else normal(m, k, dtype=dtype))
    b = each(count, lambda: normal(n, k, dtype=dtype).t() if order[1] == "T" else normal(k, n, dtype=dtype))
    return VERSION + " (cuBLAS)", count, lambda i: a[i] @ b[i]


def copy(rows, columns):
    count = sets(8 * rows * columns)
    a, b = each(count, lambda: normal(rows, columns)), each(count, lambda: torch.empty(rows, columns, device=DEVICE))
    return VERSION, count, lambda i: b[i].copy_(a[i])


def read(rows, columns):
    count = sets(4 * rows * columns)
    a = each(count, lambda: normal(rows, columns))
    return VERSION, count, lambda i: a[i].sum()


def visible(q, k, ie, xp):
    """Causal, and the tokens behind the X-Prompt tokens are blind to the example."""
    return (q >= k) & ~((q >= ie + xp) & (k < ie))


def attention(batch, tokens, heads, dim, ie, xp, backward):
    q, k, v = (normal(batch, heads, tokens, dim, dtype=torch.bfloat16).requires_grad_(backward) for _ in range(3))
    if ie:
        from torch.nn.attention.flex_attention import create_block_mask, flex_attention
        mask = create_block_mask(lambda b, h, i, j: visible(i, j, ie, xp), None, None, tokens, tokens, device=DEVICE)
        flex = torch.compile(flex_attention)
        name, forward = "FlexAttention of " + VERSION + ", compiled", lambda: flex(q, k, v, block_mask=mask)
    else:
        name, forward = causal(q, k, v)
    if not backward:
        return name, 1, lambda i: forward()
    out = forward()
    gradient = torch.randn_like(out)
    return name, 1, lambda i: torch.autograd.grad(out, (q, k, v), gradient, retain_graph=True)


def causal(q, k, v):
    """The faster of cuDNN's and the flash kernel."""
    if DRY:
        return VERSION, lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True)
    from torch.nn.attention import SDPBackend, sdpa_kernel
    best = None
    for name, backend in (("cuDNN", SDPBackend.CUDNN_ATTENTION), ("flash", SDPBackend.FLASH_ATTENTION)):
        def run(backend=backend):
            with sdpa_kernel(backend):
                return F.scaled_dot_product_attention(q, k, v, is_causal=True)
        try:
            run()
        except RuntimeError as e:
            print("scaled_dot_product_attention with", name, "fails:", e, file=sys.stderr)
            continue
        micros = min(sample(lambda i: run(), 1, 0, 1) for _ in range(5))
        if best is None or micros < best[0]:
            best = (micros, name + " attention of " + VERSION, run)
    if best is None:
        raise RuntimeError("neither cuDNN's nor the flash kernel runs")
    return best[1], best[2]


def attention_forward(**sizes):
    return attention(backward=False, **sizes)


def attention_backward(**sizes):
    return attention(backward=True, **sizes)


def cached_attention(batch, capacity, heads, dim):
    count = sets(4 * batch * capacity * heads * dim)
    q = normal(batch, heads, 1, dim, dtype=torch.bfloat16)
    keys = each(count, lambda: normal(batch, capacity, heads, dim, dtype=torch.bfloat16).transpose(1, 2))
    values = each(count, lambda: normal(batch, capacity, heads, dim, dtype=torch.bfloat16).transpose(1, 2))
    return VERSION + " bf16", count, lambda i: F.scaled_dot_product_attention(q, keys[i], values[i])


def nearest_code(rows, codes, dim):
    torch.backends.cuda.matmul.allow_tf32 = False
    count = sets(4 * rows * dim)
    book = normal(codes, dim)
    squares = (book * book).sum(1)
    z = each(count, lambda: normal(rows, dim))
    return VERSION + " f32, eager", count, lambda i: (squares[None] - 2 * z[i] @ book.t()).argmin(1)


def sample_tokens(rows, vocab, top_k):
    count = sets(8 * rows * vocab)
    logits = each(count, lambda: normal(2 * rows, vocab, deviation=3))

    def run(i):
        x = (logits[i][rows:] + 4 * (logits[i][:rows] - logits[i][rows:])) / 0.9
        value, index = x.topk(top_k, -1)
        p = value.softmax(-1)
        total = p.cumsum(-1)
        p = p.masked_fill(total - p > 0.9, 0)
        return index.gather(-1, torch.multinomial(p, 1))
    return VERSION + ", eager", count, run


def linear_cross_entropy(rows, vocab, dim, bf16, training):
    dtype = torch.bfloat16 if bf16 else torch.float32
    hidden = normal(rows, dim, dtype=dtype).requires_grad_(training)
    weight = normal(vocab, dim, dtype=dtype, deviation=dim ** -0.5).requires_grad_(training)
    labels = torch.randint(0, vocab, (rows,), device=DEVICE)
    loss = lambda h, w: F.cross_entropy((h @ w.t()).float(), labels)
    if training:
        loss = compiled(loss)

    def run(i):
        if not training:
            with torch.no_grad():
                return loss(hidden, weight)
        return torch.autograd.grad(loss(hidden, weight), (hidden, weight))
    return VERSION + (", compiled" if training else ", eager"), 1, run


def norm(shape, parameters, function, backward, channels_last=False, dtype=torch.float32):
    numbers = math.prod(shape)
    count = sets((12 if backward else 8) * numbers * (2 if dtype == torch.bfloat16 else 4) // 4)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    x = each(count, lambda: normal(*shape, dtype=dtype).contiguous(memory_format=layout).requires_grad_(backward))
    weights = [normal(parameters[0], dtype=dtype).requires_grad_(backward) for _ in range(parameters[1])]
    if not backward:
        return VERSION, count, lambda i: function(x[i], *weights)
    outs = [function(x[i], *weights) for i in range(count)]
    gradients = each(count, lambda: normal(*shape, dtype=dtype).contiguous(memory_format=layout))
    return (VERSION, count,
            lambda i: torch.autograd.grad(outs[i], [x[i], *weights], gradients[i], retain_graph=True))


def rms_norm(rows, dim, backward, bf16):
    def unfused(x, weight):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * weight
    fused = (lambda x, weight: F.rms_norm(x, (dim,), weight, 1e-5)) if hasattr(F, "rms_norm") else unfused
    return norm((rows, dim), (dim, 1), fused, backward, dtype=torch.bfloat16 if bf16 else torch.float32)


def layer_norm(rows, dim, backward):
    return norm((rows, dim), (dim, 2), lambda x, w, b: F.layer_norm(x, (dim,), w, b, 1e-5), backward)


def group_norm(batch, side, channels, groups, backward):
    return norm((batch, channels, side, side), (channels, 2), lambda x, w, b: F.silu(F.group_norm(x, groups, w, b, 1e-6)), backward, True)


def adamw(numbers):
    weight = normal(numbers).requires_grad_()
    weight.grad = normal(numbers)
    optimiser = torch.optim.AdamW([weight], lr=1e-4, **({} if DRY else {"fused": True}))
    return VERSION + ", fused", 1, lambda i: optimiser.step()


def swiglu(rows, dim, backward, bf16):
    dtype = torch.bfloat16 if bf16 else torch.float32
    count = sets((28 if backward else 12) * rows * dim)
    gate, up = (each(count, lambda: normal(rows, dim, dtype=dtype).requires_grad_(backward)) for _ in range(2))
    if not backward:
        return VERSION + ", eager", count, lambda i: F.silu(gate[i]) * up[i]
    outs = [F.silu(gate[i]) * up[i] for i in range(count)]
    gradients = each(count, lambda: normal(rows, dim, dtype=dtype))
    return (VERSION + ", eager", count,
            lambda i: torch.autograd.grad(outs[i], (gate[i], up[i]), gradients[i], retain_graph=True))


def embedding(ids, vocab, dim, backward):
    count = sets((12 if backward else 6) * ids * dim)
    index = each(count, lambda: torch.randint(0, vocab, (ids,), device=DEVICE))
    if not backward:
        table = normal(vocab, dim, dtype=torch.bfloat16)
        return VERSION, count, lambda i: F.embedding(index[i], table).float()
    table = torch.zeros(vocab, dim, device=DEVICE)
    gradients = each(count, lambda: normal(ids, dim))
    return VERSION + " index_add_", count, lambda i: table.index_add_(0, index[i], gradients[i])


def precision(bf16):
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    return torch.bfloat16 if bf16 else torch.float32


def conv2d(batch, side, **sizes):
    channels_in, channels_out, backward = sizes["in"], sizes["out"], sizes["backward"]
    dtype = precision(sizes["bf16"])
    count = sets(4 * batch * side * side * (channels_in + channels_out))
    x = each(count, lambda: normal(batch, channels_in, side, side, dtype=dtype).contiguous(memory_format=torch.channels_last).requires_grad_(backward))
    layer = nn.Conv2d(channels_in, channels_out, 3, 1, 1).to(DEVICE, dtype).to(memory_format=torch.channels_last)
    if not backward:
        with torch.no_grad():
            layer(x[0])
        return VERSION + " (cuDNN, benchmark)", count, without_gradient(lambda i: layer(x[i]))
    outs = [layer(x[i]) for i in range(count)]
    gradients = each(count, lambda: torch.randn_like(outs[0]))
    return (VERSION + " (cuDNN, benchmark)", count,
            lambda i: torch.autograd.grad(outs[i], [x[i], *layer.parameters()], gradients[i], retain_graph=True))


def without_gradient(function):
    def run(i):
        with torch.no_grad():
            return function(i)
    return run


def group(channels):
    return nn.GroupNorm(32, channels, eps=1e-6)


class Residual(nn.Module):
    def __init__(self, into, out):
        super().__init__()
        self.norm1, self.conv1 = group(into), nn.Conv2d(into, out, 3, 1, 1)
        self.norm2, self.conv2 = group(out), nn.Conv2d(out, out, 3, 1, 1)
        self.shortcut = nn.Conv2d(into, out, 1) if into != out else nn.Identity()

    def forward(self, x):
        h = self.conv1(F.silu(self.norm1(x)))
        return self.shortcut(x) + self.conv2(F.silu(self.norm2(h)))


class Attend(nn.Module):
    """Attention over all pixels, one head."""

    def __init__(self, channels):
        super().__init__()
        self.norm, self.qkv, self.out = group(channels), nn.Conv2d(channels, 3 * channels, 1), nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        batch, channels, height, width = x.shape
        q, k, v = self.qkv(self.norm(x)).flatten(2).transpose(1, 2).unsqueeze(1).chunk(3, -1)
        y = F.scaled_dot_product_attention(q, k, v).squeeze(1).transpose(1, 2).reshape(batch, channels, height, width)
        return x + self.out(y)


class Halve(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, 2)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


def middle(channels):
    return [Residual(channels, channels), Attend(channels), Residual(channels, channels)]


def vqgan(batch, side, decode, bf16):
    """Chameleon's: 128 channels, multipliers 1 1 2 2 4, two blocks a level (three in the decoder), 256 latent channels."""
    dtype = precision(bf16)
    first, multipliers, latent = (32, (1, 2), 8) if DRY else (128, (1, 1, 2, 2, 4), 256)
    if not decode:
        layers, c = [nn.Conv2d(3, first, 3, 1, 1)], first
        for level, times in enumerate(multipliers):
            for _ in range(2):
                layers.append(Residual(c, first * times))
                c = first * times
            if level + 1 < len(multipliers):
                layers.append(Halve(c))
        layers += middle(c) + [group(c), nn.SiLU(), nn.Conv2d(c, latent, 3, 1, 1), nn.Conv2d(latent, latent, 1)]
        x = normal(batch, 3, side, side, dtype=dtype)
    else:
        c = first * multipliers[-1]
        layers = [nn.Conv2d(latent, latent, 1), nn.Conv2d(latent, c, 3, 1, 1)] + middle(c)
        for level, times in reversed(list(enumerate(multipliers))):
            for _ in range(3):
                layers.append(Residual(c, first * times))
                c = first * times
            if level:
                layers += [nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(c, c, 3, 1, 1)]
        layers += [group(c), nn.SiLU(), nn.Conv2d(c, 3, 3, 1, 1)]
        small = side // 2 ** (len(multipliers) - 1)
        x = normal(batch, latent, small, small, dtype=dtype)
    model = nn.Sequential(*layers).to(DEVICE, dtype).to(memory_format=torch.channels_last).eval()
    x = x.contiguous(memory_format=torch.channels_last)
    return VERSION + " (cuDNN, benchmark)", 1, without_gradient(lambda i: model(x))


WORKS = {"matmul": matmul, "copy": copy, "read": read, "attention_forward": attention_forward, "attention_backward": attention_backward,
         "cached_attention": cached_attention, "nearest_code": nearest_code, "sample": sample_tokens,
         "linear_cross_entropy": linear_cross_entropy, "rms_norm": rms_norm, "layer_norm": layer_norm, "group_norm": group_norm,
         "adamw": adamw, "swiglu": swiglu, "embedding": embedding, "conv2d": conv2d, "vqgan": vqgan}

_reading = None


def reading():
    """Reads much more than the cache holds."""
    global _reading
    if _reading is None:
        _reading = torch.randn(max(4 * cache_bytes(), 128 << 20), device=DEVICE)
    _reading.sum()


def sample(run, count, start, repeats):
    reading()
    begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    begin.record()
    for i in range(repeats):
        run((start + i) % count)
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) * 1e3 / repeats


def warm_up(run, count):
    """Half a second of the work; returns how many runs make a sample."""
    run(0)  # compiles
    torch.cuda.synchronize()
    start = time.perf_counter()
    micros = sample(run, count, 0, 1)
    while time.perf_counter() - start < WARM_UP:
        micros = sample(run, count, 0, 1)
    return int(max(1, min(math.ceil(SHORTEST / max(micros, 1e-3)), count, MOST_REPEATS)))


def serve():
    work = None  # run, count, repeats
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if "prepare" in question:
                work = None
                torch.cuda.empty_cache()
                name, count, run = WORKS[question["prepare"]](**question["sizes"])
                work = run, count, warm_up(run, count)
                answer = {"rival": name}
            elif "turn" in question:
                run, count, repeats = work
                answer = {"micros": [sample(run, count, i * repeats % count, repeats) for i in range(question["turn"])]}
            else:
                work = run = None
                torch.cuda.empty_cache()
                answer = {"released": True}
        except Exception as e:  # the other side is told and goes on without this work
            work = run = None
            torch.cuda.empty_cache()
            answer = {"error": (type(e).__name__ + ": " + str(e)).splitlines()[0][:300]}
        print(json.dumps(answer), flush=True)


DRY_SIZES = [
    ("matmul", dict(m=5, n=7, k=9, order="NT", bf16=True)), ("matmul", dict(m=5, n=7, k=9, order="TN", bf16=False)),
    ("copy", dict(rows=3, columns=5)), ("read", dict(rows=3, columns=5)),
    ("attention_forward", dict(batch=1, tokens=16, heads=2, dim=8, ie=0, xp=0)),
    ("attention_backward", dict(batch=1, tokens=16, heads=2, dim=8, ie=0, xp=0)),
    ("cached_attention", dict(batch=2, capacity=9, heads=2, dim=8)), ("nearest_code", dict(rows=5, codes=7, dim=4)),
    ("sample", dict(rows=2, vocab=50, top_k=9)), ("linear_cross_entropy", dict(rows=5, vocab=11, dim=4, bf16=True, training=False)),
    ("linear_cross_entropy", dict(rows=5, vocab=11, dim=4, bf16=False, training=True)),
    *[(name, dict(rows=5, dim=8, backward=backward)) for name in ("layer_norm",) for backward in (False, True)],
    *[(name, dict(rows=5, dim=8, backward=backward, bf16=bf16)) for name in ("rms_norm", "swiglu") for backward in (False, True)
      for bf16 in (False, True)],
    *[("group_norm", dict(batch=1, side=4, channels=8, groups=2, backward=backward)) for backward in (False, True)],
    ("adamw", dict(numbers=9)), *[("embedding", dict(ids=5, vocab=7, dim=3, backward=backward)) for backward in (False, True)],
    *[("conv2d", {"batch": 1, "side": 5, "in": 3, "out": 4, "backward": backward, "bf16": False}) for backward in (False, True)],
    *[("vqgan", dict(batch=1, side=16, decode=decode, bf16=False)) for decode in (False, True)]]


def dry():
    failed = 0
    for name, sizes in DRY_SIZES:
        try:
            _, count, run = WORKS[name](**sizes)
            for i in range(count):
                run(i)
            print(name, sizes, "runs")
        except Exception as e:
            failed += 1
            print(name, sizes, "FAILS:", type(e).__name__, e)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(dry() if DRY else serve())
