"""Kernels of the NVIDIA CUDA samples, with launch shapes like those of their own launchers."""
import math
import sys

from check import (buf, case, flat, i32, integers, main, normal, product, rows, uniform, zeros)
from safetensors import bf16


def u32(*values):
    return ["u32:%d" % v for v in values]


def half(n):
    return ("F16", [round(x * 64) / 64 for x in normal(n)[1]])


def first():
    n = 1000
    a, b = normal(n), normal(n)
    case("vectorAdd_vectorAdd", "vectorAdd", "8", "128", buf("a b c") + i32(n), {"a": a, "b": b, "c": zeros(n)}, lambda: {"c": [x + y for x, y in zip(a[1], b[1])]})
    case("inlinePTX_inlinePTX", "sequence_gpu", "2", "64", buf("x") + i32(100), {"x": zeros(100, "I32")}, lambda: {"x": [i % 32 for i in range(100)]})
    votes = integers(64, 2, "U32")
    case("simpleVoteIntrinsics_simpleVoteIntrinsics", "VoteAnyKernel1", "1", "64", buf("in out") + i32(64), {"in": votes, "out": zeros(64, "U32")},
         lambda: {"out": [int(any(votes[1][i // 32 * 32:i // 32 * 32 + 32])) for i in range(64)]})
    case("simplePrintf_simplePrintf", "testKernel", "2,2", "2,2,2", i32(10), {"x": zeros(1)}, lambda: {})
    case("simpleAssert_simpleAssert", "testKernel", "2", "32", i32(60), {"x": zeros(1)}, lambda: {}, reports="assertion failed")


def matrices():
    m, k, n = 32, 64, 48
    a, b = normal(m * k), normal(k * n)
    columns = [[b[1][l * n + j] for l in range(k)] for j in range(n)]
    t = {"c": zeros(m * n), "a": a, "b": b}
    expected = lambda: {"c": flat(product(rows(a[1], k), columns))}
    case("matrixMul_matrixMul", "_Z13MatrixMulCUDAILi16EEvPfS0_S0_ii", "%d,%d" % (n // 16, m // 16), "16,16", buf("c a b") + i32(k, n), t, expected)
    for entry in ("MultiStageLargeChunk", "LargeChunk", "MultiStage", "SingleStage"):
        name = "MatrixMulAsyncCopy" + entry
        if "Large" in entry:  # these read b at the places of a, which the samples do not notice, their b being constant; so is it here
            t = {"c": zeros(m * n), "a": a, "b": ("F32", [0.5] * (k * n))}
            expected = lambda: {"c": [0.5 * sum(row) for row in rows(a[1], k) for _ in range(n)]}
        else:
            t, expected = {"c": zeros(m * n), "a": a, "b": b}, lambda: {"c": flat(product(rows(a[1], k), columns))}
        case("globalToShmemAsyncCopy_globalToShmemAsyncCopy", "_Z%d%sILi16EEvPfPKfS2_ii" % (len(name), name), "%d,%d" % (n // 16, m // 16), "16,16",
             buf("c a b") + i32(k, n), t, expected)
    # Tensor cores: a [m, k] by rows, b [k, n] by columns.
    for file, entry, make, size, bound, wide in (
            ("cudaTensorCoreGemm_cudaTensorCoreGemm", "simple_wmma_gemm", half, 64, 1e-3, "F32"),
            ("tf32TensorCoreGemm_tf32TensorCoreGemm", "simple_wmma_tf32gemm", lambda n: ("F32", [bf16(x) for x in normal(n)[1]]), 64, 1e-3, "F32"),
            ("dmmaTensorCoreGemm_dmmaTensorCoreGemm", "simple_wmma_gemm", lambda n: ("F64", normal(n)[1]), 32, 1e-12, "F64")):
        x, y, z = make(size * size), make(size * size), (wide, [float(i % 7) for i in range(size * size)])
        scalars = ["f64:2", "f64:-0.5"] if wide == "F64" else ["f32:2", "f32:-0.5"]
        case(file, entry, "1,1", "128,4", buf("x y z out") + i32(size, size, size) + scalars, {"x": x, "y": y, "z": z, "out": zeros(size * size, wide)},
             lambda x=x, y=y, z=z, size=size: {"out": [2 * p - 0.5 * c for p, c in zip(flat(product(rows(x[1], size), rows(y[1], size))), z[1])]}, bound=bound)
    # This sample exchanges the row and column of b's tiles; the reference does so too.
    x, y, s = normal(64 * 64, "BF16"), normal(64 * 64, "BF16"), 64
    case("bf16TensorCoreGemm_bf16TensorCoreGemm", "simple_wmma_bf16gemm", "1,1", "128,4", buf("x y z out") + i32(s, s, s) + ["f32:1", "f32:0"],
         {"x": x, "y": y, "z": zeros(s * s), "out": zeros(s * s)},
         lambda x=x, y=y: {"out": [sum(x[1][i * s + l] * y[1][(l // 16 * 16 + j % 16) * s + j // 16 * 16 + l % 16] for l in range(s))
                                   for i in range(s) for j in range(s)]}, bound=1e-3)
    x, y, z = integers(64 * 64, 256, "U8"), integers(64 * 64, 256, "U8"), integers(64 * 64, 1000)
    case("immaTensorCoreGemm_immaTensorCoreGemm", "simple_wmma_gemm_imma", "1,1", "128,4", buf("x y z out") + i32(64, 64, 64, 3, -2),
         {"x": x, "y": y, "z": z, "out": zeros(64 * 64, "I32")},
         lambda: {"out": [3 * p - 2 * c for p, c in zip(flat(product(rows(x[1], 64), rows(y[1], 64))), z[1])]}, bound=0.0)


def sums():
    n = 2000
    x = integers(n, 1000)
    for entry, block, grid in (("_Z7reduce0IiEvPT_S1_j", 128, 16), ("_Z7reduce1IiEvPT_S1_j", 128, 16), ("_Z7reduce2IiEvPT_S1_j", 128, 16),
                               ("_Z7reduce3IiEvPT_S1_j", 128, 8), ("_Z7reduce4IiLj128EEvPT_S1_j", 128, 8), ("_Z7reduce5IiLj128EEvPT_S1_j", 128, 8),
                               ("_Z9cg_reduceIiEvPT_S1_j", 128, 1), ("_Z20multi_warp_cg_reduceIiLm512ELm256EEvPT_S1_j", 512, 1)):
        each = block if grid == 16 else 2 * block if grid == 8 else n
        case("reduction_reduction_kernel", entry, str(grid), str(block), buf("x out") + u32(n), {"x": x, "out": zeros(grid, "I32")},
             lambda each=each, grid=grid: {"out": [sum(x[1][g * each:(g + 1) * each]) for g in range(grid)]}, shared=4 * block, bound=0.0)
    y = uniform(4096)
    case("threadFenceReduction_threadFenceReduction", "_Z16reduceSinglePassILj128ELb1EEvPKfPfj", "8", "128", buf("y out") + u32(4096),
         {"y": y, "out": zeros(8)}, lambda: {"out": [sum(y[1])]}, shared=512)
    case("reductionMultiBlockCG_reductionMultiBlockCG", "reduceSinglePassMultiBlockCG", "8", "128", buf("y out") + u32(4096),
         {"y": y, "out": zeros(8)}, lambda: {"out": [sum(y[1])]}, shared=1024)
    a, b = uniform(3 * 300), uniform(3 * 300)
    case("scalarProd_scalarProd", "scalarProdGPU", "4", "256", buf("c a b") + i32(3, 300), {"c": zeros(3), "a": a, "b": b},
         lambda: {"c": [sum(p * q for p, q in zip(a[1][i * 300:][:300], b[1][i * 300:][:300])) for i in range(3)]})
    p, q = half(512), half(512)
    case("fp16ScalarProduct_fp16ScalarProduct", "scalarProductKernel_native", "1", "128", buf("p q out") + ["u64:256"], {"p": p, "q": q, "out": zeros(1)},
         lambda: {"out": [sum(u * v for u, v in zip(p[1][256:], q[1][256:]))]}, bound=5e-2)  # the sample begins behind the first block's width
    data = integers(256, 100)
    case("shfl_scan_shfl_scan", "shfl_scan_test", "2", "128", buf("data") + i32(32) + buf("partial"), {"data": data, "partial": zeros(2, "I32")},
         lambda: {"data": [sum(data[1][i // 128 * 128:i + 1]) for i in range(256)], "partial": [sum(data[1][:128]), sum(data[1][128:])]}, shared=16, bound=0.0)
    words = integers(600, 1 << 31, "U32")

    def histogram():
        counts = [0] * (2 * 256)
        for i, w in enumerate(words[1]):
            for byte in range(4):
                counts[i // 192 % 2 * 256 + (w >> 8 * byte & 255)] += 1
        return {"out": counts}

    case("histogram_histogram256", "histogram256Kernel", "2", "192", buf("out words") + u32(600), {"out": zeros(512, "U32"), "words": words}, histogram, bound=0.0)
    found = integers(500, 100)
    found = ("I32", [v - 50 for v in found[1]])
    case("warpAggregatedAtomicsCG_warpAggregatedAtomicsCG", "filter_arr", "4", "128", buf("out count in") + i32(500),
         {"out": zeros(500, "I32"), "count": zeros(1, "I32"), "in": found}, lambda: {"count": [sum(v > 0 for v in found[1])]}, bound=0.0)


def sorting():
    keys, values = integers(2048, 1 << 30, "U32"), ("U32", list(range(2048)))
    t = {"dk": zeros(2048, "U32"), "dv": zeros(2048, "U32"), "k": keys, "v": values}

    def expected():
        order = [sorted(range(s, s + 1024), key=lambda i: keys[1][i]) for s in (0, 1024)]
        return {"dk": [keys[1][i] for i in flat(order)], "dv": flat(order)}

    case("sortingNetworks_bitonicSort", "bitonicSortShared", "2", "512", buf("dk dv k v") + u32(1024, 1), t, expected, bound=0.0)
    case("sortingNetworks_oddEvenMergeSort", "oddEvenMergeSortShared", "2", "512", buf("dk dv k v") + u32(1024, 1), t, expected, bound=0.0)
    case("mergeSort_mergeSort", "_Z21mergeSortSharedKernelILj1EEvPjS0_S0_S0_j", "2", "512", buf("dk dv k v") + u32(1024), t, expected, bound=0.0)


def signals():
    w, h = 256, 8
    x, taps = normal(w * h), normal(17)
    case("convolutionSeparable_convolutionSeparable", "convolutionRowsKernel", "%d,%d" % (w // 128, h // 4), "16,4", buf("out x") + i32(w, h, w),
         {"out": zeros(w * h), "x": x, "taps": taps},
         lambda: {"out": [sum(taps[1][8 - j] * x[1][r * w + c + j] for j in range(-8, 9) if 0 <= c + j < w) for r in range(h) for c in range(w)]},
         symbols=["c_Kernel=taps"])
    y = normal(256)
    case("fastWalshTransform_fastWalshTransform", "fwtBatch1Kernel", "1", "64", buf("out y") + i32(8), {"out": zeros(256), "y": y},
         lambda: {"out": [sum(v if bin(i & j).count("1") % 2 == 0 else -v for j, v in enumerate(y[1])) for i in range(256)]}, shared=1024, bound=1e-4)
    n = 256
    s, strike, years = uniform(n, 5, 30), uniform(n, 1, 100), uniform(n, 0.25, 10)

    def prices():
        calls, puts = [], []
        cdf = lambda d: 0.5 * math.erfc(-d / math.sqrt(2))
        for a, b, t in zip(s[1], strike[1], years[1]):
            d1 = (math.log(a / b) + (0.02 + 0.5 * 0.09) * t) / (0.3 * math.sqrt(t))
            d2 = d1 - 0.3 * math.sqrt(t)
            down = math.exp(-0.02 * t)
            calls.append(a * cdf(d1) - b * down * cdf(d2))
            puts.append(b * down * (1 - cdf(d2)) - a * (1 - cdf(d1)))
        return {"call": calls, "put": puts}

    case("BlackScholes_BlackScholes", "BlackScholesGPU", "1", "128", buf("call put s x t") + ["f32:0.02", "f32:0.3"] + i32(n),
         {"call": zeros(n), "put": zeros(n), "s": s, "x": strike, "t": years}, prices, bound=1e-4)


for part in (first, matrices, sums, sorting, signals):
    part()
sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
