"""Kernels of karpathy/llm.c (dev/cuda), with the launch shapes of its own launchers."""
import math
import sys

from check import (RANDOM, buf, case, ceil, flat, i32, integers, main, normal, product, rows, softmax, uniform, zeros)
from safetensors import bf16

ROUGH = 1e-2  # results in bf16


def gelu(x):
    return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def gelu_slope(x):
    h = 1e-5
    return (gelu(x + h) - gelu(x - h)) / (2 * h)


def elementwise():
    n = 4096
    x, y = normal(n, "BF16"), normal(n, "BF16")
    for k, per in ((1, 1), (2, 8)):
        t = {"out": zeros(n, "BF16"), "x": x, "y": y}
        grid = str(ceil(n, 128 * per))
        case("llmc_dev_cuda_gelu_forward", "gelu_forward_kernel%d" % k, grid, "128", buf("out x") + i32(n), t, lambda: {"out": list(map(gelu, x[1]))}, bound=ROUGH)
        case("llmc_dev_cuda_gelu_backward", "gelu_backward%d" % k, grid, "128", buf("out x y") + i32(n), t,
             lambda: {"out": [gelu_slope(a) * b for a, b in zip(x[1], y[1])]}, bound=ROUGH)
        case("llmc_dev_cuda_residual_forward", "residual_forward_kernel%d" % k, grid, "128", buf("out x y") + i32(n), t,
             lambda: {"out": [a + b for a, b in zip(x[1], y[1])]}, bound=ROUGH)


def softmaxes():
    n, c = 24, 200
    x = normal(n * c)
    # Kernel 4 lacks a barrier before its second use of shared memory: it is reported, and without checks its result depends on who is first.
    right = lambda: {"out": flat(map(softmax, rows(x[1], c)))}
    launches = (("softmax_forward_kernel1", ceil(n, 32), 32, 0), ("softmax_forward_kernel2", n, 128, 512), ("softmax_forward_kernel3", n, 32, 128),
                ("softmax_forward_kernel4", n, 128, 16), ("softmax_forward_online_kernel1", ceil(n, 32), 32, 0),
                ("softmax_forward_online_kernel2", ceil(n * 32, 128), 128, 0), ("softmax_forward_kernel7", n, 128, 32),
                ("softmax_forward_online_kernel8", ceil(n * 32, 128), 128, 0))
    for entry, grid, block, shared in launches:
        case("llmc_dev_cuda_softmax_forward", entry, str(grid), str(block), buf("out x") + i32(n, c), {"out": zeros(n * c), "x": x}, right if entry != "softmax_forward_kernel4" else dict, shared=shared,
             reports="data race" if entry in ("softmax_forward_kernel4", "softmax_forward_kernel7") else None)


def layernorm(x, w, b, c):
    out, means, rstds = [], [], []
    for row in rows(x, c):
        mean = sum(row) / c
        rstd = 1 / math.sqrt(sum((v - mean) ** 2 for v in row) / c + 1e-5)
        out += [(v - mean) * rstd * w[i] + b[i] for i, v in enumerate(row)]
        means.append(mean)
        rstds.append(rstd)
    return out, means, rstds


def layernorms():
    n, c = 16, 256
    x, w, b = normal(n * c), normal(c), normal(c)
    t = {"out": zeros(n * c), "mean": zeros(n), "rstd": zeros(n), "x": x, "w": w, "b": b}
    expected = lambda: dict(zip(("out", "mean", "rstd"), layernorm(x[1], w[1], b[1], c)))
    args = buf("out mean rstd x w b") + i32(n, c)
    for entry, grid, block, shared in (("layernorm_forward_kernel1", 1, "32", 0), ("layernorm_forward_kernel3", ceil(n * 32, 128), "128", 0),
                                       ("layernorm_forward_kernel4", ceil(n * 32, 128), "128", 0), ("layernorm_forward_kernel5", n, "128", 0),
                                       ("layernorm_forward_kernel6", ceil(n, 4), "32,4", (2 + 4) * c * 4)):
        case("llmc_dev_cuda_layernorm_forward", entry, str(grid), block, args, t, expected, shared=shared, bound=5e-5)
    # Backward in float32: sums by atomics.
    dout = normal(n * c)

    def backward():
        _, means, rstds = layernorm(x[1], w[1], b[1], c)
        dx, dw, db = [], [0.0] * c, [0.0] * c
        for r, (row, g) in enumerate(zip(rows(x[1], c), rows(dout[1], c))):
            norm = [(v - means[r]) * rstds[r] for v in row]
            dnorm = [w[1][i] * g[i] for i in range(c)]
            mean, meann = sum(dnorm) / c, sum(p * q for p, q in zip(dnorm, norm)) / c
            for i in range(c):
                dx.append((dnorm[i] - mean - norm[i] * meann) * rstds[r])
                dw[i] += norm[i] * g[i]
                db[i] += g[i]
        return {"dx": dx, "dw": dw, "db": db}

    _, means, rstds = layernorm(x[1], w[1], b[1], c)
    t = {"dx": zeros(n * c), "dw": zeros(c), "db": zeros(c), "dout": dout, "x": x, "w": w, "mean": ("F32", means), "rstd": ("F32", rstds)}
    case("llmc_dev_cuda_layernorm_backward", "layernorm_backward_kernel1", "1", "32", buf("dx dw db dout x w mean rstd") + i32(1, n, c), t, backward, bound=1e-4)
    half = {name: (("BF16", [bf16(v) for v in values]) if kind == "F32" else (kind, values)) for name, (kind, values) in t.items()}
    half["scratch"] = zeros(2 * c * 4 + 32)
    shared = (2 * 256 + 2 * (128 - 32) * 4) * 4
    case("llmc_dev_cuda_layernorm_backward", "layernorm_backward_kernel10", "4", "128", buf("dx dw db scratch dout x w mean rstd") + i32(1, n, c), half, backward,
         shared=shared, bound=4e-2, reports="data race")  # a block reads the others' sums without a fence


def embeddings():
    b, t, c, vocab = 2, 8, 64, 20
    wte, wpe, ids = normal(vocab * c, "BF16"), normal(t * c, "BF16"), integers(b * t, vocab)
    tensors = {"out": zeros(b * t * c, "BF16"), "ids": ids, "wte": wte, "wpe": wpe}
    expected = lambda: {"out": [wte[1][ids[1][r] * c + i] + wpe[1][r % t * c + i] for r in range(b * t) for i in range(c)]}
    for k, grid in ((1, 1), (2, ceil(b * t * c, 128)), (3, ceil(b * t * c, 128 * 8))):
        case("llmc_dev_cuda_encoder_forward", "encoder_forward_kernel%d" % k, str(grid), "128", buf("out ids wte wpe") + i32(b, t, c), tensors, expected, bound=ROUGH)
    dout = normal(b * t * c)

    def backward():
        dwte, dwpe = [0.0] * (vocab * c), [0.0] * (t * c)
        for r in range(b * t):
            for i in range(c):
                dwte[ids[1][r] * c + i] += dout[1][r * c + i]
                dwpe[r % t * c + i] += dout[1][r * c + i]
        return {"dwte": dwte, "dwpe": dwpe}

    case("llmc_dev_cuda_encoder_backward", "encoder_backward_kernel1", str(ceil(b * t * c, 128)), "128", buf("dwte dwpe dout ids") + i32(b, t, c),
         {"dwte": zeros(vocab * c), "dwpe": zeros(t * c), "dout": dout, "ids": ids}, backward)


def losses():
    b, t, v, p = 2, 4, 50, 64
    logits = [x for _ in range(b * t) for x in normal(v)[1] + [0.0] * (p - v)]
    targets = integers(b * t, v)
    probs = [softmax(row[:v]) for row in rows(logits, p)]
    dlosses = normal(b * t)
    case("llmc_dev_cuda_crossentropy_forward", "crossentropy_forward_kernel1", "1", "32", buf("out probs targets") + i32(b, t, v),
         {"out": zeros(b * t), "probs": ("F32", flat(probs)), "targets": targets}, lambda: {"out": [-math.log(row[y]) for row, y in zip(probs, targets[1])]})
    slopes = lambda width: [(row[i] - (i == y)) * d if i < v else 0.0 for row, y, d in zip(probs, targets[1], dlosses[1]) for i in range(width)]
    case("llmc_dev_cuda_crossentropy_softmax_backward", "crossentropy_softmax_backward_kernel1", str(ceil(b * t * v, 128)), "128",
         buf("dlogits dlosses probs targets") + i32(b, t, v),
         {"dlogits": zeros(b * t * v), "dlosses": dlosses, "probs": ("F32", flat(probs)), "targets": targets}, lambda: {"dlogits": slopes(v)})
    for k, null in ((1, []), (2, ["null"]), (3, ["null"])):
        tensors = {"dlogits": zeros(b * t * p), "losses": zeros(b * t), "logits": ("F32", logits), "dlosses": dlosses, "targets": targets}
        case("llmc_dev_cuda_classifier_fused", "fused_classifier_kernel%d" % k, str(b * t if k > 1 else ceil(b * t, 4)), "128",
             buf("dlogits losses") + null + buf("logits dlosses targets") + i32(b, t, v, p), tensors,
             lambda: {"losses": [-math.log(row[y]) for row, y in zip(probs, targets[1])], "dlogits": slopes(p)})


def optimiser():
    n = 1000
    w, g, m, v = normal(n), normal(n), normal(n), uniform(n)
    rate, b1, b2, eps, decay = 1e-3, 0.9, 0.999, 1e-8, 0.01
    c1, c2 = 1 - b1 ** 10, 1 - b2 ** 10

    def step():
        ms = [b1 * a + (1 - b1) * x for a, x in zip(m[1], g[1])]
        vs = [b2 * a + (1 - b2) * x * x for a, x in zip(v[1], g[1])]
        return {"m": ms, "v": vs, "w": [x - rate * (a / c1 / (math.sqrt(b / c2) + eps) + decay * x) for x, a, b in zip(w[1], ms, vs)]}

    for k in (1, 2):
        case("llmc_dev_cuda_adamw", "adamw_kernel%d" % k, str(ceil(n, 256)), "256",
             buf("w g m v") + ["i64:%d" % n] + ["f32:%r" % x for x in (rate, b1, b2, c1, c2, eps, decay)], {"w": w, "g": g, "m": m, "v": v}, step)
    x = normal(5000, "BF16")
    for k in (1, 2, 3, 4):
        grid = 6
        tensors = {"out": zeros(grid), "x": x}
        case("llmc_dev_cuda_global_norm", "norm_kernel%d" % k, str(grid), "256", buf("out x") + ["u64:5000"], tensors,
             (lambda: {"out": [sum(e * e for e in x[1])]}) if k < 4 else (lambda: {}), bound=1e-4)


def products():
    m, k, n = 128, 32, 128
    a, w, b = normal(m * k), normal(n * k), normal(n)
    t = {"out": zeros(m * n), "a": a, "w": w, "b": b}
    expected = lambda: {"out": flat(product(rows(a[1], k), rows(w[1], k), b[1]))}
    case("llmc_dev_cuda_matmul_forward", "matmul_forward_kernel1", "8,8", "16,16", buf("out a w b") + i32(m, k, n), t, expected)
    case("llmc_dev_cuda_matmul_forward", "matmul_forward_kernel4", "1,1", "16,16", buf("out a w b") + i32(k, n), t, expected)
    g = normal(m * n)
    sums = lambda g=g: {"db": [sum(g[1][r * n + i] for r in range(m)) for i in range(n)]}
    case("llmc_dev_cuda_matmul_backward", "matmul_backward_bias_kernel_faster", str(n), "64", buf("db g") + i32(1, m, n), {"db": zeros(n), "g": g}, sums, shared=256)
    h = ("BF16", [bf16(x) for x in g[1]])
    for kernel, grid, block, shared in (("1", n, "64", 256), ("2", ceil(n * 32, 128), "128", 0), ("3", n, "128", 0), ("4", ceil(n, 32), "128", 512)):
        case("llmc_dev_cuda_matmul_backward_bias", "matmul_backward_bias_kernel" + kernel, str(grid), block, buf("db g") + i32(1, m, n),
             {"db": zeros(n, "BF16"), "g": h}, lambda: sums(h), shared=shared, bound=2e-2)


def attention():
    b, t, nh, hs = 1, 32, 2, 16
    c = nh * hs
    x = normal(b * t * 3 * c)  # q, k, v of every token
    pick = lambda which, h: [[x[1][s * 3 * c + which * c + h * hs + i] for i in range(hs)] for s in range(t)]
    scale = 1 / math.sqrt(hs)
    scores = [[[sum(p * q for p, q in zip(pick(0, h)[i], pick(1, h)[j])) * scale for j in range(i + 1)] for i in range(t)] for h in range(nh)]
    att = [[softmax(scores[h][i]) for i in range(t)] for h in range(nh)]
    masked = [scores[h][i][j] if j <= i else None for h in range(nh) for i in range(t) for j in range(t)]
    case("llmc_dev_cuda_attention_forward", "attention_query_key_kernel1", str(ceil(nh * t * t, 128)), "128", buf("out x") + i32(b, t, c, nh),
         {"out": zeros(nh * t * t), "x": x}, lambda: {"out": masked})
    pre = [scores[h][i][j] / scale if j <= i else 0.0 for h in range(nh) for i in range(t) for j in range(t)]
    expected = lambda: {"att": [att[h][i][j] if j <= i else 0.0 for h in range(nh) for i in range(t) for j in range(t)]}
    case("llmc_dev_cuda_attention_forward", "softmax_forward_kernel5", str(ceil(nh * t * 32, 256)), "256", buf("att") + ["f32:%r" % scale] + buf("pre") + i32(nh, t),
         {"att": zeros(nh * t * t), "pre": ("F32", pre)}, expected)
    value = [sum(att[h][s][j] * pick(2, h)[j][i] for j in range(s + 1)) for s in range(t) for h in range(nh) for i in range(hs)]
    case("llmc_dev_cuda_attention_forward", "attention_value_kernel1", str(ceil(t * nh, 128)), "128", buf("out att x") + i32(b, t, c, nh),
         {"out": zeros(t * c), "att": ("F32", expected()["att"]), "x": x}, lambda: {"out": value})
    q, k, v = [("F32", flat(pick(w, 0) + pick(w, 1))) for w in range(3)]
    byhead = [value[s * c + h * hs + i] for h in range(nh) for s in range(t) for i in range(hs)]
    case("llmc_dev_cuda_attention_forward", "attention_forward_kernel2", "1,%d" % nh, "32",
         buf("q k v") + i32(t, hs, 1, 1, 32, 32) + ["f32:%r" % scale] + buf("l m out"),
         {"q": q, "k": k, "v": v, "l": zeros(nh * t), "m": ("F32", [-math.inf] * (nh * t)), "out": zeros(t * c)}, lambda: {"out": byhead},
         shared=4 * (2 * 32 * hs + 32 * hs + 32 * 32), bound=1e-4)
    datt = normal(nh * t * t)

    def slopes():
        out = []
        for h in range(nh):
            for i in range(t):
                g = datt[1][(h * t + i) * t:(h * t + i) * t + i + 1]
                inner = sum(p * d for p, d in zip(att[h][i], g))
                out += [scale * p * (d - inner) for p, d in zip(att[h][i], g)] + [0.0] * (t - 1 - i)
        return {"dpre": out}

    for entry, grid, block, last in (("softmax_autoregressive_backward_kernel1", "1,%d" % nh, "32", i32(b, t, c, nh)),
                                     ("_Z39softmax_autoregressive_backward_kernel8ILi64EEvPfPKfS2_iiif", "%d,%d" % (t // 4, nh), "64", i32(b, t, c) + ["f32:%r" % scale])):
        case("llmc_dev_cuda_attention_backward", entry, grid, block, buf("dpre datt att") + last,
             {"dpre": zeros(nh * t * t), "datt": datt, "att": ("F32", expected()["att"])}, slopes, reports="data race")


for part in (elementwise, softmaxes, layernorms, embeddings, losses, optimiser, products, attention):
    part()
sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
