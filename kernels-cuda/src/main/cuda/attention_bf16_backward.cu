// The gradients of masked attention on the tensor cores; see attention_bf16.cu for layouts and the mask.
//
// What      P = exp(scale Q K^T - logSumExp), D = rowsum(dOut out), dS = P (dOut V^T - D): dQ += scale dS K, dK += scale dS^T Q,
//           dV += P^T dOut.
// How       dQ: a block of four warps takes 64 queries of one head and walks their key tiles. dK and dV: a block takes 64 keys of one key head and walks
//           the query tiles that see them, 32 queries at a time, for every query head of the group in turn. It computes the scores
//           transposed, keys by queries, so that P^T and dS^T are left operands in the registers they were computed in.
// Numerics  operands, P and dS rounded to bf16, everything else float; scale is applied to the sums. Every element of a gradient belongs to one
//           block, which adds in the order of its list: no atomics, the same bits every time. That costs 7 products of a pair of tiles
//           instead of the 5 of one pass with atomic dQ.
// Roofline  tensor cores: 14 dim operations a visible pair.
// Why so    32 queries at a time keep dK and dV of 64 keys and both score tiles in registers at dim 128; at dim 256 a block takes half of
//           the columns. Not run on a GPU yet.
#include "attention_tile.cuh"

// D [batch, heads, queries] = rowsum(dOut out); one warp a row of [batch, queries, heads]
extern "C" __global__ void row_products(const void* out, int outBf16, const void* dOut, int dOutBf16, float* products, i64 rows, int queries,
        int heads, int dim) {
    i64 index = (i64) blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    int lane = threadIdx.x % WARP;
    if (index < rows) {
        float sum = 0.0f;
        for (int c = lane; c < dim; c += WARP) {
            sum += load_one(out, outBf16 != 0, index * dim + c) * load_one(dOut, dOutBf16 != 0, index * dim + c);
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

template <int DIM, int KEYS>
__device__ __forceinline__ void gradient_q(float scale, Rows q, Rows k, Rows v, Rows dOut, const float* logSumExp, const float* products, void* dQ,
        bool bf16, int queries, int keys, int heads, int kvHeads, int dim, const int* order, const int* starts, const int2* list,
        const unsigned* words) {
    extern __shared__ __align__(128) unsigned char shared[];
    const int PART = DIM == 256 ? 16 : 32; // keys at a time
    const int N8 = PART / 8;
    const int KEY_BYTES = KEYS * DIM * 2;
    unsigned qs = shared_address(shared);     // [QUERIES][DIM]
    unsigned gs = qs + QUERIES * DIM * 2;     // [QUERIES][DIM], dOut
    unsigned stages = gs + QUERIES * DIM * 2; // [2] of K and V, [KEYS][DIM] each
    int lane = threadIdx.x % WARP;
    int warpRow = threadIdx.x / WARP * 16;
    int tile = order[blockIdx.x];
    int head = blockIdx.y;
    int kvHead = head / (heads / kvHeads);
    i64 b = blockIdx.z;
    int from = starts[tile];
    int to = starts[tile + 1];
    auto load = [&](int at) {
        if (at < to) {
            unsigned stage = stages + (at - from) % 2 * 2 * KEY_BYTES;
            copy_rows<KEYS, DIM>(stage, k, b, kvHead, list[at].x * KEYS, keys);
            copy_rows<KEYS, DIM>(stage + KEY_BYTES, v, b, kvHead, list[at].x * KEYS, keys);
        }
        commit_copies();
    };
    copy_rows<QUERIES, DIM>(qs, q, b, head, tile * QUERIES, queries);
    copy_rows<QUERIES, DIM>(gs, dOut, b, head, tile * QUERIES, queries);
    load(from);
    float lse[2];
    float product[2];
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int query = tile * QUERIES + warpRow + lane / 4 + 8 * r;
        i64 statistic = (b * heads + head) * queries + query;
        lse[r] = query < queries ? logSumExp[statistic] * LOG2E : 0.0f;
        product[r] = query < queries ? products[statistic] : 0.0f;
    }
    float sum[DIM / 8][4];
    clear(sum);
    float slope = scale * LOG2E;
    for (int at = from; at < to; at++) {
        load(at + 1);
        wait_copies<1>();
        __syncthreads();
        unsigned stage = stages + (at - from) % 2 * 2 * KEY_BYTES;
        int2 entry = list[at];
        bool partial = entry.y >= 0 || (entry.x + 1) * KEYS > keys;
#pragma unroll 1
        for (int part = 0; part < KEYS; part += PART) { // so that scores, gradients and sums fit the registers
            float s[N8][4];
            float d[N8][4];
            clear(s);
            clear(d);
            rows_times_rows<DIM, N8>(s, qs, warpRow, stage, part);
            rows_times_rows<DIM, N8>(d, gs, warpRow, stage + KEY_BYTES, part);
#pragma unroll
            for (int r = 0; r < 2; r++) {
                unsigned word = partial ? mask_word<KEYS>(words, entry.y, warpRow + lane / 4 + 8 * r, part / 32) : 0xffffffffu;
#pragma unroll
                for (int j = 0; j < N8; j++) {
#pragma unroll
                    for (int e = 0; e < 2; e++) {
                        int key = part + j * 8 + lane % 4 * 2 + e;
                        bool seen = !partial || ((word >> key % 32 & 1) && entry.x * KEYS + key < keys);
                        float p = seen ? exp2f(s[j][2 * r + e] * slope - lse[r]) : 0.0f;
                        d[j][2 * r + e] = seen ? p * (d[j][2 * r + e] - product[r]) : 0.0f;
                    }
                }
            }
            scores_times_rows<DIM, DIM, N8>(sum, d, stage, part, 0);
        }
        __syncthreads();
    }
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int query = tile * QUERIES + warpRow + lane / 4 + 8 * r;
        if (query < queries) {
            i64 row = ((b * queries + query) * heads + head) * dim;
#pragma unroll
            for (int c = 0; c < DIM / 8; c++) {
                put_pair<true>(dQ, bf16, row, c * 8 + lane % 4 * 2, dim, sum[c][2 * r] * scale, sum[c][2 * r + 1] * scale);
            }
        }
    }
    wait_copies<0>();
}

// grid (query tiles, heads, batch)
#define GRADIENT_Q(DIM, KEYS) \
    extern "C" __global__ void __launch_bounds__(THREADS) backward_q_##DIM(float scale, ROWS_ARGUMENTS(q), ROWS_ARGUMENTS(k), ROWS_ARGUMENTS(v), \
            ROWS_ARGUMENTS(dOut), const float* logSumExp, const float* products, void* dQ, int bf16, int queries, int keys, int heads, \
            int kvHeads, int dim, const int* order, const int* starts, const int2* list, const unsigned* words) { \
        gradient_q<DIM, KEYS>(scale, ROWS(q), ROWS(k), ROWS(v), ROWS(dOut), logSumExp, products, dQ, bf16 != 0, queries, keys, heads, kvHeads, \
                dim, order, starts, list, words); \
    }
GRADIENT_Q(32, 64)
GRADIENT_Q(64, 64)
GRADIENT_Q(128, 64)
GRADIENT_Q(256, 32)

#define HALF 32 // queries at a time
#define OWN 64  // keys of a block

// COLUMNS of dK and dV from column0 on; KEYS as in the lists.
template <int DIM, int COLUMNS, int KEYS>
__device__ __forceinline__ void gradient_kv(float scale, Rows q, Rows k, Rows v, Rows dOut, const float* logSumExp, const float* products, void* dK,
        void* dV, bool bf16, int queries, int keys, int heads, int kvHeads, int dim, const int* order, const int* starts, const int2* list,
        const unsigned* words) {
    extern __shared__ __align__(128) unsigned char shared[];
    const int N8 = HALF / 8;
    const int ROW_BYTES = DIM * 2;
    const int HALVES = QUERIES / HALF;
    const int WARP_KEYS = KEYS < OWN ? KEYS : OWN; // keys of a block: those of one tile of the list
    unsigned ks = shared_address(shared);          // [WARP_KEYS][DIM]
    unsigned vs = ks + WARP_KEYS * ROW_BYTES;      // [WARP_KEYS][DIM]
    unsigned stages = vs + WARP_KEYS * ROW_BYTES;  // [2] of Q and dOut, [HALF][DIM] each
    const int STAGE = 2 * HALF * ROW_BYTES;
    int lane = threadIdx.x % WARP;
    int warp = threadIdx.x / WARP;
    // With fewer keys than four warps have rows, pairs of warps share keys and split the columns.
    int warpRow = warp % (WARP_KEYS / 16) * 16;
    int column0 = (DIM / COLUMNS == 1 ? 0 : warp / (WARP_KEYS / 16) * COLUMNS);
    int tile = order[blockIdx.x];
    int kvHead = blockIdx.y;
    i64 b = blockIdx.z;
    int group = heads / kvHeads;
    int count = (starts[tile + 1] - starts[tile]) * HALVES; // steps of one head
    int steps = count * group;
    auto load = [&](int step) {
        if (step < steps) {
            int head = kvHead * group + step / count;
            int at = starts[tile] + step % count / HALVES;
            int first = list[at].x * QUERIES + step % HALVES * HALF;
            unsigned stage = stages + step % 2 * STAGE;
            copy_rows<HALF, DIM>(stage, q, b, head, first, queries);
            copy_rows<HALF, DIM>(stage + STAGE / 2, dOut, b, head, first, queries);
        }
        commit_copies();
    };
    copy_rows<WARP_KEYS, DIM>(ks, k, b, kvHead, tile * KEYS, keys);
    copy_rows<WARP_KEYS, DIM>(vs, v, b, kvHead, tile * KEYS, keys);
    load(0);
    float sumK[COLUMNS / 8][4];
    float sumV[COLUMNS / 8][4];
    clear(sumK);
    clear(sumV);
    float slope = scale * LOG2E;
    for (int step = 0; step < steps; step++) {
        load(step + 1);
        wait_copies<1>();
        __syncthreads();
        unsigned stage = stages + step % 2 * STAGE;
        int head = kvHead * group + step / count;
        int2 entry = list[starts[tile] + step % count / HALVES]; // query tile, bits
        int half = step % HALVES * HALF;
        float p[N8][4]; // keys by queries
        float d[N8][4];
        clear(p);
        clear(d);
        rows_times_rows<DIM, N8>(p, ks, warpRow, stage, 0);
        rows_times_rows<DIM, N8>(d, vs, warpRow, stage + STAGE / 2, 0);
#pragma unroll
        for (int j = 0; j < N8; j++) {
#pragma unroll
            for (int e = 0; e < 2; e++) {
                int own = half + j * 8 + lane % 4 * 2 + e;
                int query = entry.x * QUERIES + own;
                bool there = query < queries;
                i64 statistic = (b * heads + head) * queries + query;
                float lse = there ? logSumExp[statistic] * LOG2E : 0.0f;
                float product = there ? products[statistic] : 0.0f;
                unsigned word = there ? mask_word<KEYS>(words, entry.y, own, warpRow / 32) : 0u;
#pragma unroll
                for (int r = 0; r < 2; r++) {
                    int key = warpRow + lane / 4 + 8 * r;
                    bool seen = (word >> key % 32 & 1) && tile * KEYS + key < keys;
                    float probability = seen ? exp2f(p[j][2 * r + e] * slope - lse) : 0.0f;
                    d[j][2 * r + e] = seen ? probability * (d[j][2 * r + e] - product) : 0.0f;
                    p[j][2 * r + e] = probability;
                }
            }
        }
        scores_times_rows<DIM, COLUMNS, N8>(sumV, p, stage + STAGE / 2, 0, column0);
        scores_times_rows<DIM, COLUMNS, N8>(sumK, d, stage, 0, column0);
        __syncthreads();
    }
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int key = tile * KEYS + warpRow + lane / 4 + 8 * r;
        if (key < keys) {
            i64 row = ((b * keys + key) * kvHeads + kvHead) * dim;
#pragma unroll
            for (int c = 0; c < COLUMNS / 8; c++) {
                int column = column0 + c * 8 + lane % 4 * 2;
                if (dK != nullptr) {
                    put_pair<true>(dK, bf16, row, column, dim, sumK[c][2 * r] * scale, sumK[c][2 * r + 1] * scale);
                }
                if (dV != nullptr) {
                    put_pair<true>(dV, bf16, row, column, dim, sumV[c][2 * r], sumV[c][2 * r + 1]);
                }
            }
        }
    }
    wait_copies<0>();
}

// grid (key tiles, kvHeads, batch). dK, dV may be null.
#define GRADIENT_KV(DIM, COLUMNS, KEYS) \
    extern "C" __global__ void __launch_bounds__(THREADS) backward_kv_##DIM(float scale, ROWS_ARGUMENTS(q), ROWS_ARGUMENTS(k), ROWS_ARGUMENTS(v), \
            ROWS_ARGUMENTS(dOut), const float* logSumExp, const float* products, void* dK, void* dV, int bf16, int queries, int keys, \
            int heads, int kvHeads, int dim, const int* order, const int* starts, const int2* list, const unsigned* words) { \
        gradient_kv<DIM, COLUMNS, KEYS>(scale, ROWS(q), ROWS(k), ROWS(v), ROWS(dOut), logSumExp, products, dK, dV, bf16 != 0, queries, keys, \
                heads, kvHeads, dim, order, starts, list, words); \
    }
GRADIENT_KV(32, 32, 64)
GRADIENT_KV(64, 64, 64)
GRADIENT_KV(128, 128, 64)
GRADIENT_KV(256, 128, 32)
