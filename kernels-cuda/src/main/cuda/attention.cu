// Masked softmax attention and its gradients, exact in float, without a score matrix in memory.
//
// What      out = softmax(scale Q K^T under the mask) V, logSumExp of every row;
//           P = exp(scale Q K^T - logSumExp), D = rowsum(dOut out), dS = scale P (dOut V^T - D): dQ += dS K, dK += dS^T Q, dV += P^T dOut.
// Layout    q, out, dOut, dQ [batch, queries, heads, dim]; k, v, dK, dV [batch, keys, kvHeads, dim]; logSumExp, D [batch, heads, queries].
//           The mask comes as lists of tiles of 32 queries by 32 keys: for query tile t the entries starts[t] .. starts[t + 1] of
//           list [(key tile, bits)], bits -1 where all see all, else the place of 32 words in words, one a query, one bit a key. The gradient
//           of keys walks the transposed list.
// How       a block of 256 threads takes one tile of queries (or, for dK and dV, of keys) of one head. Eight threads share a row: each
//           computes four scores of a key tile and holds every eighth column of the row's result in registers. Online softmax.
// Numerics  float. Masked pairs are skipped, not multiplied by 0: a hidden NaN stays hidden. Sums in the order of the list, so results do
//           not depend on other blocks; no atomics.
// Roofline  compute: 4 dim operations a visible pair forward, 14 backward, about a quarter of the float peak (scores pass through shared
//           memory). The tensor-core path is for bf16.
#include "common.cuh"

#define TILE 32
#define LANES 8                // threads of a row
#define KEYS (TILE / LANES)    // scores of a thread
#define MOST_DIM 256
#define COLUMNS (MOST_DIM / LANES)
#define THREADS (TILE * LANES)

struct Sizes {
    int queries, keys, heads, kvHeads, dim;
};

// Rows tile * TILE .. of x [batch, rows, heads, dim] into shared [TILE][dim + 1]; zeros behind the last row.
__device__ __forceinline__ void load_tile(const float* x, i64 b, int tile, int rows, int heads, int head, int dim, float* shared) {
    for (int i = threadIdx.x; i < TILE * dim; i += THREADS) {
        int r = tile * TILE + i / dim;
        shared[i / dim * (dim + 1) + i % dim] = r < rows ? x[((b * rows + r) * heads + head) * dim + i % dim] : 0.0f;
    }
}

// The keys of a tile that a query sees, as bits; none behind the last key.
__device__ __forceinline__ unsigned visible(const unsigned* words, int at, int row, int keyTile, int keys) {
    int left = keys - keyTile * TILE;
    unsigned there = left >= TILE ? 0xffffffffu : (1u << left) - 1u;
    return there & (at < 0 ? 0xffffffffu : words[at + row]);
}

__device__ __forceinline__ float dot(const float* a, const float* b, int dim) {
    float sum = 0.0f;
    for (int c = 0; c < dim; c++) {
        sum = fmaf(a[c], b[c], sum);
    }
    return sum;
}

__device__ __forceinline__ float row_sum(float x) {
#pragma unroll
    for (int step = LANES / 2; step > 0; step /= 2) {
        x += __shfl_xor_sync(FULL_MASK, x, step);
    }
    return x;
}

__device__ __forceinline__ float row_max(float x) {
#pragma unroll
    for (int step = LANES / 2; step > 0; step /= 2) {
        x = fmaxf(x, __shfl_xor_sync(FULL_MASK, x, step));
    }
    return x;
}

// grid (query tiles, heads, batch); shared: q, k, v tiles and P
extern "C" __global__ void __launch_bounds__(THREADS) forward(float scale, const float* q, const float* k, const float* v, float* out,
        float* logSumExp, int queries, int keys, int heads, int kvHeads, int dim, const int* starts, const int2* list, const unsigned* words) {
    extern __shared__ float shared[];
    int pitch = dim + 1;
    float* qs = shared;              // [TILE][pitch]
    float* ks = qs + TILE * pitch;   // [TILE][pitch]
    float* vs = ks + TILE * pitch;   // [TILE][pitch]
    float* ps = vs + TILE * pitch;   // [TILE][TILE + 1]
    int row = threadIdx.x / LANES;
    int lane = threadIdx.x % LANES;
    int head = blockIdx.y;
    int kvHead = head / (heads / kvHeads);
    i64 b = blockIdx.z;
    load_tile(q, b, blockIdx.x, queries, heads, head, dim, qs);
    float sum[COLUMNS];
#pragma unroll
    for (int i = 0; i < COLUMNS; i++) {
        sum[i] = 0.0f;
    }
    float maximum = -INFINITY;
    float mass = 0.0f;
    for (int at = starts[blockIdx.x]; at < starts[blockIdx.x + 1]; at++) {
        int2 entry = list[at]; // key tile, bits
        __syncthreads();
        load_tile(k, b, entry.x, keys, kvHeads, kvHead, dim, ks);
        load_tile(v, b, entry.x, keys, kvHeads, kvHead, dim, vs);
        __syncthreads();
        unsigned bits = visible(words, entry.y, row, entry.x, keys);
        float score[KEYS];
        float largest = maximum;
#pragma unroll
        for (int j = 0; j < KEYS; j++) {
            int key = lane + j * LANES;
            score[j] = bits >> key & 1 ? scale * dot(qs + row * pitch, ks + key * pitch, dim) : -INFINITY;
            largest = fmaxf(largest, score[j]);
        }
        largest = row_max(largest);
        float keep = largest == -INFINITY ? 1.0f : expf(maximum - largest);
        float part = 0.0f;
#pragma unroll
        for (int j = 0; j < KEYS; j++) {
            float p = score[j] == -INFINITY ? 0.0f : expf(score[j] - largest);
            ps[row * (TILE + 1) + lane + j * LANES] = p;
            part += p;
        }
        mass = mass * keep + row_sum(part);
        maximum = largest;
        __syncwarp(); // the eight threads of a row are in one warp
#pragma unroll
        for (int i = 0; i < COLUMNS; i++) {
            sum[i] *= keep;
        }
        for (int key = 0; key < TILE; key++) {
            float p = ps[row * (TILE + 1) + key];
            if (p != 0.0f) {
#pragma unroll
                for (int i = 0; i < COLUMNS; i++) {
                    int c = lane + i * LANES;
                    if (c < dim) {
                        sum[i] = fmaf(p, vs[key * pitch + c], sum[i]);
                    }
                }
            }
        }
    }
    int query = blockIdx.x * TILE + row;
    if (query < queries) {
#pragma unroll
        for (int i = 0; i < COLUMNS; i++) {
            int c = lane + i * LANES;
            if (c < dim) {
                out[((b * queries + query) * heads + head) * dim + c] = sum[i] / mass;
            }
        }
        if (lane == 0 && logSumExp != nullptr) {
            logSumExp[(b * heads + head) * queries + query] = maximum + logf(mass);
        }
    }
}

// D = rowsum(dOut out); one warp a row of [batch, queries, heads]
extern "C" __global__ void row_products(const float* out, const float* dOut, float* products, i64 rows, int queries, int heads, int dim) {
    i64 index = (i64) blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    int lane = threadIdx.x % WARP;
    if (index < rows) {
        float sum = 0.0f;
        for (int c = lane; c < dim; c += WARP) {
            sum += out[index * dim + c] * dOut[index * dim + c];
        }
        sum = warp_sum(sum);
        if (lane == 0) {
            i64 head = index % heads;
            i64 query = index / heads % queries;
            i64 b = index / heads / queries;
            products[(b * heads + head) * queries + query] = sum;
        }
    }
}

// grid (query tiles, heads, batch); shared: q, dOut, k, v tiles and dS
extern "C" __global__ void __launch_bounds__(THREADS) backward_q(float scale, const float* q, const float* k, const float* v, const float* logSumExp,
        const float* products, const float* dOut, float* dQ, int queries, int keys, int heads, int kvHeads, int dim, const int* starts,
        const int2* list, const unsigned* words) {
    extern __shared__ float shared[];
    int pitch = dim + 1;
    float* qs = shared;
    float* gs = qs + TILE * pitch;
    float* ks = gs + TILE * pitch;
    float* vs = ks + TILE * pitch;
    float* ds = vs + TILE * pitch; // [TILE][TILE + 1]
    int row = threadIdx.x / LANES;
    int lane = threadIdx.x % LANES;
    int head = blockIdx.y;
    int kvHead = head / (heads / kvHeads);
    i64 b = blockIdx.z;
    int query = blockIdx.x * TILE + row;
    load_tile(q, b, blockIdx.x, queries, heads, head, dim, qs);
    load_tile(dOut, b, blockIdx.x, queries, heads, head, dim, gs);
    i64 statistic = (b * heads + head) * queries + query;
    float lse = query < queries ? logSumExp[statistic] : 0.0f;
    float product = query < queries ? products[statistic] : 0.0f;
    float sum[COLUMNS];
#pragma unroll
    for (int i = 0; i < COLUMNS; i++) {
        sum[i] = 0.0f;
    }
    for (int at = starts[blockIdx.x]; at < starts[blockIdx.x + 1]; at++) {
        int2 entry = list[at];
        __syncthreads();
        load_tile(k, b, entry.x, keys, kvHeads, kvHead, dim, ks);
        load_tile(v, b, entry.x, keys, kvHeads, kvHead, dim, vs);
        __syncthreads();
        unsigned bits = query < queries ? visible(words, entry.y, row, entry.x, keys) : 0;
#pragma unroll
        for (int j = 0; j < KEYS; j++) {
            int key = lane + j * LANES;
            float d = 0.0f;
            if (bits >> key & 1) {
                float p = expf(scale * dot(qs + row * pitch, ks + key * pitch, dim) - lse);
                d = p * (dot(gs + row * pitch, vs + key * pitch, dim) - product) * scale;
            }
            ds[row * (TILE + 1) + key] = d;
        }
        __syncwarp();
        for (int key = 0; key < TILE; key++) {
            if (bits >> key & 1) {
                float d = ds[row * (TILE + 1) + key];
#pragma unroll
                for (int i = 0; i < COLUMNS; i++) {
                    int c = lane + i * LANES;
                    if (c < dim) {
                        sum[i] = fmaf(d, ks[key * pitch + c], sum[i]);
                    }
                }
            }
        }
    }
    if (query < queries) {
#pragma unroll
        for (int i = 0; i < COLUMNS; i++) {
            int c = lane + i * LANES;
            if (c < dim) {
                dQ[((b * queries + query) * heads + head) * dim + c] += sum[i];
            }
        }
    }
}

// grid (key tiles, kvHeads, batch): walks the query tiles that see this key tile, for every query head of the group in turn.
// shared: k, v, q, dOut tiles, P and dS. Here a row is a key, and a thread holds columns of its dK and dV. dK, dV may be null.
extern "C" __global__ void __launch_bounds__(THREADS) backward_kv(float scale, const float* q, const float* k, const float* v, const float* logSumExp,
        const float* products, const float* dOut, float* dK, float* dV, int queries, int keys, int heads, int kvHeads, int dim, const int* starts,
        const int2* list, const unsigned* words) {
    extern __shared__ float shared[];
    int pitch = dim + 1;
    float* ks = shared;
    float* vs = ks + TILE * pitch;
    float* qs = vs + TILE * pitch;
    float* gs = qs + TILE * pitch;
    float* ps = gs + TILE * pitch;       // [key][query]
    float* ds = ps + TILE * (TILE + 1);  // [key][query]
    int row = threadIdx.x / LANES;
    int lane = threadIdx.x % LANES;
    int kvHead = blockIdx.y;
    i64 b = blockIdx.z;
    int key = blockIdx.x * TILE + row;
    load_tile(k, b, blockIdx.x, keys, kvHeads, kvHead, dim, ks);
    load_tile(v, b, blockIdx.x, keys, kvHeads, kvHead, dim, vs);
    float sumK[COLUMNS];
    float sumV[COLUMNS];
#pragma unroll
    for (int i = 0; i < COLUMNS; i++) {
        sumK[i] = 0.0f;
        sumV[i] = 0.0f;
    }
    for (int head = kvHead * (heads / kvHeads); head < (kvHead + 1) * (heads / kvHeads); head++) {
        for (int at = starts[blockIdx.x]; at < starts[blockIdx.x + 1]; at++) {
            int2 entry = list[at]; // query tile, bits
            __syncthreads();
            load_tile(q, b, entry.x, queries, heads, head, dim, qs);
            load_tile(dOut, b, entry.x, queries, heads, head, dim, gs);
            __syncthreads();
            unsigned seen = 0; // of my four queries
#pragma unroll
            for (int j = 0; j < KEYS; j++) {
                int own = lane + j * LANES;
                int query = entry.x * TILE + own;
                float p = 0.0f;
                float d = 0.0f;
                bool sees = query < queries && key < keys && (visible(words, entry.y, own, blockIdx.x, keys) >> row & 1);
                if (sees) {
                    i64 statistic = (b * heads + head) * queries + query;
                    p = expf(scale * dot(qs + own * pitch, ks + row * pitch, dim) - logSumExp[statistic]);
                    d = p * (dot(gs + own * pitch, vs + row * pitch, dim) - products[statistic]) * scale;
                    seen |= 1u << own;
                }
                ps[row * (TILE + 1) + own] = p;
                ds[row * (TILE + 1) + own] = d;
            }
#pragma unroll
            for (int step = LANES / 2; step > 0; step /= 2) {
                seen |= __shfl_xor_sync(FULL_MASK, seen, step);
            }
            __syncwarp();
            for (int own = 0; own < TILE; own++) {
                if (seen >> own & 1) {
                    float p = ps[row * (TILE + 1) + own];
                    float d = ds[row * (TILE + 1) + own];
#pragma unroll
                    for (int i = 0; i < COLUMNS; i++) {
                        int c = lane + i * LANES;
                        if (c < dim) {
                            sumK[i] = fmaf(d, qs[own * pitch + c], sumK[i]);
                            sumV[i] = fmaf(p, gs[own * pitch + c], sumV[i]);
                        }
                    }
                }
            }
        }
    }
    if (key < keys) {
#pragma unroll
        for (int i = 0; i < COLUMNS; i++) {
            int c = lane + i * LANES;
            i64 at = ((b * keys + key) * kvHeads + kvHead) * dim + c;
            if (c < dim && dK != nullptr) {
                dK[at] += sumK[i];
            }
            if (c < dim && dV != nullptr) {
                dV[at] += sumV[i];
            }
        }
    }
}
