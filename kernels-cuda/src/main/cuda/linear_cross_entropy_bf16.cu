// Cross entropy of a linear layer on the tensor cores; what linear_cross_entropy.cu computes, with hidden and weight rounded to bf16.
//
// What      per counted row z = logsumexp(h W^T); loss = z - logit[label] + zLoss z^2;
//           dLogit = scale (softmax (1 + 2 zLoss z) - onehot), 0 for rows that are not counted.
// Layout    hidden [rows, pitch], weight [vocab, weightPitch] bf16 as TensorCoreMatmul packs them, labels [rows];
//           slabs [rows, slabs] of (maximum, mass) of the 64 (32) columns that a warp holds; labelLogit, rowLoss, logSumExp [rows];
//           dLogits [rows, gradientPitch] bf16 of one block of the vocabulary, the padding 0.
// How       forward: the product's tile is turned into a slab's maximum and mass where it lies; `finish` joins the slabs of a row in rising
//           order. No logit ever reaches memory. Backward: the product again, block by block of the vocabulary; the tile becomes dLogits, which
//           matmul_bf16.cu multiplies by the weight and by hidden. `pack_counted` makes hidden with zeros in the rows that do not count.
// Numerics  logits, softmax and sums in float; dLogits rounded to bf16 once. The online softmax of Milakov and Gimelshein (2018) over slabs.
// Roofline  tensor cores: forward one product, backward three. The exponentials, one for each logit, cost 1 of 16 a clock: 2,048 clocks for a
//           wide tile of 4,096 terms, which takes 105,000. Slabs are 1/32 of what float logits would be. Estimates; not run on a GPU.
#include "tensor_tile.cuh"
#include "vectors.cuh"

#define IGNORED (-100)
#define DEAD (-INFINITY)

// Calls visit(row, column, four) for the logits of this block's tile: rows `rows`, columns first .. first + width - 1 of the vocabulary.
template <class T, class Visit>
__device__ __forceinline__ void logits(const __nv_bfloat16* hidden, i64 pitch, const __nv_bfloat16* weight, i64 weightPitch, i64 rows, i64 width, i64 dim,
        Visit visit) {
    TilePlace tile = grouped_tile(blockIdx.x, (rows + T::BM - 1) / T::BM, (width + T::BN - 1) / T::BN);
    i64 m0 = tile.row * T::BM;
    i64 n0 = tile.column * T::BN;
    float sum[T::M16][T::N8][4];
    tensor_product<T, true, true>(Matrix<T, T::BM, true>(hidden, pitch, m0, rows, 0, dim), Matrix<T, T::BN, true>(weight, weightPitch, n0, width, 0, dim),
            (int) ((dim + T::BK - 1) / T::BK), sum);
    tensor_store<T>(sum, [&](int row, int column, float4 y) { visit(m0 + row, n0 + column, y); });
}

// Sum or maximum over the lanes that share a row of a warp's tile.
template <int LANES, class Join> __device__ __forceinline__ float over_row(float x, Join join) {
#pragma unroll
    for (int step = LANES / 2; step > 0; step /= 2) {
        x = join(x, __shfl_xor_sync(FULL_MASK, x, step));
    }
    return x;
}

// Slabs of tokens first .. first + width - 1; first is a multiple of the slabs' width.
template <class T>
__device__ __forceinline__ void absorb(const __nv_bfloat16* hidden, i64 pitch, const __nv_bfloat16* weight, i64 weightPitch, i64 rows, i64 first,
        i64 width, i64 vocab, i64 dim, const int* labels, float2* slabs, float* labelLogit, int* fault, int site) {
    const int LANES = T::WARP_N / 4; // that share a row
    i64 count = (vocab + T::WARP_N - 1) / T::WARP_N;
    logits<T>(hidden, pitch, weight, weightPitch, rows, width, dim, [&](i64 row, i64 column, float4 y) {
        float values[4] = {y.x, y.y, y.z, y.w};
        int label = row < rows ? labels[row] : IGNORED;
        float largest = DEAD;
#pragma unroll
        for (int e = 0; e < 4; e++) {
            if (column + e < width) {
                largest = fmaxf(largest, values[e]);
                if (first + column + e == label) {
                    labelLogit[row] = values[e];
                }
            }
        }
        largest = over_row<LANES>(largest, [](float a, float b) { return fmaxf(a, b); });
        float mass = 0.0f;
#pragma unroll
        for (int e = 0; e < 4; e++) { // a slab of nothing but -infinity has no mass
            mass += column + e < width && values[e] != DEAD ? expf(values[e] - largest) : 0.0f;
        }
        mass = over_row<LANES>(mass, [](float a, float b) { return a + b; });
        if (threadIdx.x % LANES == 0 && row < rows && column < width) {
            slabs[row * count + (first + column) / T::WARP_N] = make_float2(largest, mass);
        }
        if (first + column == 0 && row < rows && label != IGNORED && (label < 0 || label >= vocab)) {
            report(fault, site, label);
            labelLogit[row] = 0.0f;
        }
    });
}

template <class T>
__device__ __forceinline__ void gradient(const __nv_bfloat16* hidden, i64 pitch, const __nv_bfloat16* weight, i64 weightPitch, i64 rows, i64 first,
        i64 width, i64 dim, const int* labels, const float* logSumExp, float zLoss, float rowScale, const float* dLoss,
        __nv_bfloat16* dLogits, i64 gradientPitch) {
    float scale = dLoss == nullptr ? rowScale : rowScale * *dLoss;
    logits<T>(hidden, pitch, weight, weightPitch, rows, width, dim, [&](i64 row, i64 column, float4 y) {
        if (row >= rows || column >= gradientPitch) {
            return;
        }
        int label = labels[row];
        float z = logSumExp[row];
        float factor = scale * (1.0f + 2.0f * zLoss * z);
        float values[4] = {y.x, y.y, y.z, y.w};
#pragma unroll
        for (int e = 0; e < 4; e++) {
            bool counts = label != IGNORED && column + e < width;
            values[e] = counts ? factor * expf(values[e] - z) - (first + column + e == label ? scale : 0.0f) : 0.0f;
        }
        store_four(dLogits, true, row * gradientPitch + column, make_float4(values[0], values[1], values[2], values[3]));
    });
}

#define KERNELS(size, T, BLOCKS) \
    extern "C" __global__ void __launch_bounds__(T::THREADS, BLOCKS) absorb_##size(const __nv_bfloat16* hidden, i64 pitch, const __nv_bfloat16* weight, \
            i64 weightPitch, i64 rows, i64 first, i64 width, i64 vocab, i64 dim, const int* labels, float2* slabs, float* labelLogit, int* fault, \
            int site) { \
        absorb<T>(hidden, pitch, weight, weightPitch, rows, first, width, vocab, dim, labels, slabs, labelLogit, fault, site); \
    } \
    extern "C" __global__ void __launch_bounds__(T::THREADS, BLOCKS) gradient_##size(const __nv_bfloat16* hidden, i64 pitch, const __nv_bfloat16* weight, \
            i64 weightPitch, i64 rows, i64 first, i64 width, i64 dim, const int* labels, const float* logSumExp, float zLoss, float rowScale, \
            const float* dLoss, __nv_bfloat16* dLogits, i64 gradientPitch) { \
        gradient<T>(hidden, pitch, weight, weightPitch, rows, first, width, dim, labels, logSumExp, zLoss, rowScale, dLoss, dLogits, gradientPitch); \
    }
KERNELS(wide, Wide, 1)
KERNELS(small, Small, 4)

// Joins the slabs of a row, one warp a row: a lane takes neighbouring slabs in rising order, then the lanes are joined.
extern "C" __global__ void finish(const float2* slabs, i64 count, const float* labelLogit, const int* labels, float zLoss, i64 rows, float* rowLoss,
        float* logSumExp) {
    i64 row = (i64) blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    int lane = threadIdx.x % WARP;
    if (row >= rows) {
        return;
    }
    const float2* own = slabs + row * count;
    float largest = DEAD;
    for (i64 s = lane; s < count; s += WARP) {
        largest = fmaxf(largest, own[s].x);
    }
    largest = warp_max(largest);
    float mass = 0.0f;
    for (i64 s = lane; s < count; s += WARP) {
        mass += own[s].y * expf(own[s].x - largest);
    }
    mass = warp_sum(mass);
    if (lane == 0) {
        bool counted = labels[row] != IGNORED;
        float z = largest + logf(mass);
        rowLoss[row] = counted ? z - labelLogit[row] + zLoss * z * z : 0.0f;
        logSumExp[row] = counted ? z : 0.0f;
    }
}

// counted [rows, pitch] of bf16 from hidden [rows, dim], float or bf16, with zeros in the rows that are not counted: whatever those hold must not
// reach the gradient of the weight. One block a row.
extern "C" __global__ void pack_counted(const void* hidden, int isBf16, const int* labels, i64 dim, i64 pitch, __nv_bfloat16* counted) {
    bool ignored = labels[blockIdx.x] == IGNORED;
    i64 from = blockIdx.x * dim;
    bool fours = dim % 4 == 0 && aligned(hidden);
    for (i64 c = 4 * threadIdx.x; c < pitch; c += 4 * blockDim.x) {
        float4 x = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        if (!ignored && c < dim) {
            x = fours ? load_four(hidden, isBf16, from + c)
                      : make_float4(load_one(hidden, isBf16, from + c), c + 1 < dim ? load_one(hidden, isBf16, from + c + 1) : 0.0f,
                                c + 2 < dim ? load_one(hidden, isBf16, from + c + 2) : 0.0f, c + 3 < dim ? load_one(hidden, isBf16, from + c + 3) : 0.0f);
        }
        store_four(counted, true, blockIdx.x * pitch + c, x);
    }
}
