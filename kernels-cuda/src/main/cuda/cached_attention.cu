// One new query a row over that row's cache of keys and values: the attention of a decode step.
//
// What      out = softmax(scale q K^T) V over the first lengths[b] entries of row b's cache.
// Layout    q, out [batch, heads, headDim]; keys, values [batch, capacity, kvHeads, headDim], float or bf16; lengths [batch];
//           parts [batch, heads, splits, headDim + 2]: per split the unnormalised sum, its maximum and its mass.
// How       the cache is cut into splits of SPLIT entries, at places that do not depend on the row's company; a block takes one split of one
//           row and one query head, a second kernel joins the splits in order. So a long cache keeps the
//           whole device busy although there is one query only, and a row's bits are the same in any batch.
// Numerics  float; online softmax within a warp of entries, joined by a fixed tree, then split by split.
// Roofline  memory: keys and values, 8 bytes an element and entry; the query heads of a group find them in L2.
#include "common.cuh"

#define SPLIT 256
#define WARPS 4
#define MOST_DIM 256
#define PER_LANE (MOST_DIM / WARP)

// grid (splits, heads, batch), block WARPS warps; each warp walks entries warp, warp + WARPS, ... of the split.
template <typename T>
__device__ __forceinline__ void split(float scale, const float* q, const T* keys, const T* values, const int* lengths, i64 capacity, int heads,
        int kvHeads, int dim, int splits, float* parts, int* fault, int site) {
    __shared__ float sums[WARPS][MOST_DIM];
    __shared__ float maxima[WARPS];
    __shared__ float masses[WARPS];
    int lane = threadIdx.x % WARP;
    int warp = threadIdx.x / WARP;
    int head = blockIdx.y;
    i64 b = blockIdx.z;
    int length = lengths[b];
    if (length < 1 || length > capacity) {
        if (threadIdx.x == 0) {
            report(fault, site, length);
        }
        length = 1;
    }
    int from = blockIdx.x * SPLIT;
    int to = min(from + SPLIT, length);
    float query[PER_LANE];
    float sum[PER_LANE];
#pragma unroll
    for (int i = 0; i < PER_LANE; i++) {
        int c = i * WARP + lane;
        query[i] = c < dim ? q[(b * heads + head) * dim + c] * scale : 0.0f;
        sum[i] = 0.0f;
    }
    float maximum = -INFINITY;
    float mass = 0.0f;
    int kvHead = head / (heads / kvHeads);
    for (int entry = from + warp; entry < to; entry += WARPS) {
        i64 at = ((b * capacity + entry) * kvHeads + kvHead) * dim;
        float score = 0.0f;
#pragma unroll
        for (int i = 0; i < PER_LANE; i++) {
            int c = i * WARP + lane;
            score += c < dim ? query[i] * to_float(keys[at + c]) : 0.0f;
        }
        score = warp_sum(score);
        float larger = fmaxf(maximum, score);
        float keep = expf(maximum - larger); // 0 for the first entry
        float p = expf(score - larger);
        mass = mass * keep + p;
#pragma unroll
        for (int i = 0; i < PER_LANE; i++) {
            int c = i * WARP + lane;
            sum[i] = sum[i] * keep + (c < dim ? p * to_float(values[at + c]) : 0.0f);
        }
        maximum = larger;
    }
#pragma unroll
    for (int i = 0; i < PER_LANE; i++) {
        sums[warp][i * WARP + lane] = sum[i];
    }
    if (lane == 0) {
        maxima[warp] = maximum;
        masses[warp] = mass;
    }
    __syncthreads();
    float largest = -INFINITY;
    for (int w = 0; w < WARPS; w++) {
        largest = fmaxf(largest, maxima[w]);
    }
    float* part = parts + ((b * heads + head) * splits + blockIdx.x) * (dim + 2);
    float total = 0.0f;
    for (int w = 0; w < WARPS; w++) {
        total += masses[w] > 0.0f ? masses[w] * expf(maxima[w] - largest) : 0.0f;
    }
    for (int c = threadIdx.x; c < dim; c += blockDim.x) {
        float joined = 0.0f;
        for (int w = 0; w < WARPS; w++) {
            joined += masses[w] > 0.0f ? sums[w][c] * expf(maxima[w] - largest) : 0.0f;
        }
        part[c] = joined;
    }
    if (threadIdx.x == 0) {
        part[dim] = largest;
        part[dim + 1] = total;
    }
}

#define SPLIT_OF(name, T) \
    extern "C" __global__ void __launch_bounds__(WARPS * WARP) name(float scale, const float* q, const T* keys, const T* values, const int* lengths, \
            i64 capacity, int heads, int kvHeads, int dim, int splits, float* parts, int* fault, int site) { \
        split(scale, q, keys, values, lengths, capacity, heads, kvHeads, dim, splits, parts, fault, site); \
    }
SPLIT_OF(split_f32, float)
SPLIT_OF(split_bf16, __nv_bfloat16)

// grid (heads, batch); joins the splits that the row's length reaches, in order.
extern "C" __global__ void join(const float* parts, const int* lengths, i64 capacity, int heads, int dim, int splits, float* out) {
    i64 b = blockIdx.y;
    i64 row = b * heads + blockIdx.x;
    int length = lengths[b] < 1 || lengths[b] > capacity ? 1 : lengths[b];
    int used = (length + SPLIT - 1) / SPLIT;
    const float* part = parts + row * splits * (dim + 2);
    float largest = -INFINITY;
    for (int s = 0; s < used; s++) {
        largest = fmaxf(largest, part[s * (dim + 2) + dim]);
    }
    float total = 0.0f;
    for (int s = 0; s < used; s++) {
        total += part[s * (dim + 2) + dim + 1] * expf(part[s * (dim + 2) + dim] - largest);
    }
    for (int c = threadIdx.x; c < dim; c += blockDim.x) {
        float sum = 0.0f;
        for (int s = 0; s < used; s++) {
            sum += part[s * (dim + 2) + c] * expf(part[s * (dim + 2) + dim] - largest);
        }
        out[row * dim + c] = sum / total;
    }
}
