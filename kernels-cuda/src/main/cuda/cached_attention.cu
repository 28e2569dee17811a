// One new query a row over that row's cache of keys and values: the attention of a decode step.
//
// What      out = softmax(scale q K^T) V over the first lengths[b] entries of row b's cache.
// Layout    q, out [batch, heads, headDim], float or bf16; keys, values [batch, capacity, kvHeads, headDim], float or bf16; lengths [batch];
//           parts [batch, heads, splits, headDim + 2]: per split the unnormalised sum, its maximum and its mass.
// How       the cache is cut into splits of SPLIT entries, at places that do not depend on the row's company; a block takes one split of one
//           row and one query head, a second kernel joins the splits in order. So a long cache keeps the
//           whole device busy although there is one query only, and a row's bits are the same in any batch. LANES lanes share an entry, 16 bytes
//           each, so that a warp reads several entries at once, and each of these groups has four entries under way before it looks at the
//           first: what is read does not depend on what was read. Every group keeps a softmax of its own; they are joined once, at the end.
// Numerics  float; online softmax within a group of lanes, joined in the order of groups, then split by split.
// Roofline  memory: keys and values, 8 bytes (bf16: 4) an element and entry; the query heads of a group find them in L2.
#include "vectors.cuh"

#define SPLIT 128
#define WARPS 4
#define MOST_DIM 256
#define AHEAD 4 // entries of a group that are read before the first is used

// Elements c .. c + V - 1 of a row of dim; zeros behind it. `whole`: rows are aligned and made of whole vectors.
template <int V> __device__ __forceinline__ void read(const void* p, bool bf16, i64 row, int c, int dim, bool whole, float (&x)[V]) {
    if (whole && c < dim) {
        if (V == 8) { // of bf16
            uint4 eight = *(const uint4*) ((const __nv_bfloat16*) p + row + c);
            float2 pair[4] = {wide(eight.x), wide(eight.y), wide(eight.z), wide(eight.w)};
#pragma unroll
            for (int i = 0; i < V / 2; i++) {
                x[2 * i] = pair[i].x;
                x[2 * i + 1] = pair[i].y;
            }
        } else {
            float4 four = load_four(p, bf16, row + c);
            x[0] = four.x;
            x[1] = four.y;
            x[2] = four.z;
            x[3] = four.w;
        }
        return;
    }
#pragma unroll
    for (int i = 0; i < V; i++) {
        x[i] = c + i < dim ? load_one(p, bf16, row + c + i) : 0.0f;
    }
}

// V elements a lane and vector, VECTORS of them, LANES lanes an entry: LANES * V * VECTORS >= dim.
template <int V, int LANES, int VECTORS>
__device__ __forceinline__ void split(float scale, const void* q, bool bf16, const void* keys, const void* values, const int* lengths, i64 capacity,
        int heads, int kvHeads, int dim, int splits, float* parts, int* fault, int site) {
    const int GROUPS = WARP / LANES; // of a warp
    const bool CACHE_BF16 = V == 8;
    __shared__ float sums[WARPS * GROUPS][LANES * V * VECTORS];
    __shared__ float maxima[WARPS * GROUPS];
    __shared__ float masses[WARPS * GROUPS];
    int lane = threadIdx.x % LANES;
    int group = threadIdx.x % WARP / LANES;
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
    bool whole = dim % V == 0 && aligned(keys) && aligned(values);
    float query[VECTORS][V];
    float sum[VECTORS][V];
#pragma unroll
    for (int v = 0; v < VECTORS; v++) {
        int c = (v * LANES + lane) * V;
#pragma unroll
        for (int i = 0; i < V; i += 4) {
            float four[4];
            read<4>(q, bf16, (b * heads + head) * dim, c + i, dim, dim % 4 == 0 && aligned(q), four);
#pragma unroll
            for (int j = 0; j < 4; j++) {
                query[v][i + j] = four[j] * scale;
                sum[v][i + j] = 0.0f;
            }
        }
    }
    float maximum = -INFINITY;
    float mass = 0.0f;
    int kvHead = head / (heads / kvHeads);
    for (int first = from + warp * GROUPS * AHEAD; first < to; first += WARPS * GROUPS * AHEAD) {
        float key[AHEAD][VECTORS][V];
        float value[AHEAD][VECTORS][V];
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
            int entry = first + a * GROUPS + group;
            i64 row = ((b * capacity + entry) * kvHeads + kvHead) * dim;
#pragma unroll
            for (int v = 0; v < VECTORS; v++) {
                int c = (v * LANES + lane) * V;
                read<V>(keys, CACHE_BF16, row, c, entry < to ? dim : 0, whole, key[a][v]); // nothing behind the last entry
                read<V>(values, CACHE_BF16, row, c, entry < to ? dim : 0, whole, value[a][v]);
            }
        }
        float score[AHEAD];
        float largest = maximum;
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
            float product = 0.0f;
#pragma unroll
            for (int v = 0; v < VECTORS; v++) {
#pragma unroll
                for (int i = 0; i < V; i++) {
                    product = fmaf(query[v][i], key[a][v][i], product);
                }
            }
#pragma unroll
            for (int step = LANES / 2; step > 0; step /= 2) {
                product += __shfl_xor_sync(FULL_MASK, product, step);
            }
            score[a] = first + a * GROUPS + group < to ? product : -INFINITY;
            largest = fmaxf(largest, score[a]);
        }
        float base = largest == -INFINITY ? 0.0f : largest; // a group that has seen nothing yet
        float keep = expf(maximum - base);
        mass *= keep;
#pragma unroll
        for (int v = 0; v < VECTORS; v++) {
#pragma unroll
            for (int i = 0; i < V; i++) {
                sum[v][i] *= keep;
            }
        }
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
            float p = expf(score[a] - base);
            mass += p;
#pragma unroll
            for (int v = 0; v < VECTORS; v++) {
#pragma unroll
                for (int i = 0; i < V; i++) {
                    sum[v][i] = fmaf(p, value[a][v][i], sum[v][i]);
                }
            }
        }
        maximum = largest;
    }
    int own = warp * GROUPS + group;
#pragma unroll
    for (int v = 0; v < VECTORS; v++) {
#pragma unroll
        for (int i = 0; i < V; i++) {
            sums[own][(v * LANES + lane) * V + i] = sum[v][i];
        }
    }
    if (lane == 0) {
        maxima[own] = maximum;
        masses[own] = mass;
    }
    __syncthreads();
    float largest = -INFINITY;
    for (int g = 0; g < WARPS * GROUPS; g++) {
        largest = fmaxf(largest, maxima[g]);
    }
    float* part = parts + ((b * heads + head) * splits + blockIdx.x) * (dim + 2);
    float total = 0.0f;
    for (int g = 0; g < WARPS * GROUPS; g++) {
        total += masses[g] > 0.0f ? masses[g] * expf(maxima[g] - largest) : 0.0f;
    }
    for (int c = threadIdx.x; c < dim; c += blockDim.x) {
        float joined = 0.0f;
        for (int g = 0; g < WARPS * GROUPS; g++) {
            joined += masses[g] > 0.0f ? sums[g][c] * expf(maxima[g] - largest) : 0.0f;
        }
        part[c] = joined;
    }
    if (threadIdx.x == 0) {
        part[dim] = largest;
        part[dim + 1] = total;
    }
}

// grid (splits, heads, batch), block WARPS warps. The number is the most elements of a head.
#define SPLIT_OF(name, V, LANES, VECTORS) \
    extern "C" __global__ void __launch_bounds__(WARPS * WARP) name(float scale, const void* q, int bf16, const void* keys, const void* values, \
            const int* lengths, i64 capacity, int heads, int kvHeads, int dim, int splits, float* parts, int* fault, int site) { \
        split<V, LANES, VECTORS>(scale, q, bf16 != 0, keys, values, lengths, capacity, heads, kvHeads, dim, splits, parts, fault, site); \
    }
SPLIT_OF(split_f32_32, 4, 8, 1)
SPLIT_OF(split_f32_64, 4, 16, 1)
SPLIT_OF(split_f32_128, 4, 32, 1)
SPLIT_OF(split_f32_256, 4, 32, 2)
SPLIT_OF(split_bf16_32, 8, 4, 1)
SPLIT_OF(split_bf16_64, 8, 8, 1)
SPLIT_OF(split_bf16_128, 8, 16, 1)
SPLIT_OF(split_bf16_256, 8, 32, 1)

// grid (heads, batch); joins the splits that the row's length reaches, in order.
extern "C" __global__ void join(const float* parts, const int* lengths, i64 capacity, int heads, int dim, int splits, void* out, int bf16) {
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
        store_one(out, bf16 != 0, row * dim + c, sum / total);
    }
}
