// Masked softmax attention on the tensor cores: bf16 operands, float softmax and sums, no score matrix in memory.
//
// What      out = softmax(scale Q K^T under the mask) V, logSumExp of every row.
// Layout    q [batch, queries, heads, dim], k, v [batch, keys, kvHeads, dim] as rows of DIM >= dim bf16 with strides of their own: a bf16 tensor
//           is read where it lies when dim is DIM, else `pack` makes [batch, heads, rows, DIM] with zeros behind dim. out as q, float or
//           bf16; logSumExp [batch, heads, queries] float. The mask comes as the list of tiles of 64 queries by KEYS keys that some pair
//           is visible in, see attention.cu; a query has KEYS / 32 words of bits in a partial tile.
// How       four warps share a tile of 64 queries of one head, 16 rows each, and walk its list of key tiles. K and V of the next tile come by
//           cp.async while this one is multiplied. Scores stay in the registers that mma.sync leaves them in: the online softmax (FlashAttention,
//           Dao 2022) needs two shuffles a row and tile, and the rounded probabilities are the next product's left operand as they are.
//           Blocks with the longest lists start first.
// Numerics  q, k, v and probabilities rounded to bf16; scores, maximum, mass and sums float, in base 2. Sums in the order of the list: no result
//           depends on another block. A hidden pair's probability is exactly 0, but a NaN or infinity in V reaches all queries of a partial tile
//           (0 times it is NaN); attention.cu keeps it hidden.
// Roofline  tensor cores: 4 dim operations a visible pair. mma.sync reaches about 60 % of Hopper's peak in products; the softmax of a tile (64 x 64
//           exponentials, 16 a clock) costs half as long as its products at dim 64 and a quarter at dim 128.
// Why so    64 x 64 tiles keep Q, two stages of K and V in 80 KB at dim 128, so that two blocks share a multiprocessor and one's softmax
//           runs beside the other's products. Not run on a GPU yet.
#include "attention_tile.cuh"

template <int DIM, int KEYS>
__device__ __forceinline__ void attend(float scale, Rows q, Rows k, Rows v, void* out, bool outBf16, float* logSumExp, int queries, int keys,
        int heads, int kvHeads, int dim, const int* order, const int* starts, const int2* list, const unsigned* words) {
    extern __shared__ __align__(128) unsigned char shared[];
    const int N8 = KEYS / 8;
    const int KEY_BYTES = KEYS * DIM * 2;
    unsigned qs = shared_address(shared);         // [QUERIES][DIM]
    unsigned stages = qs + QUERIES * DIM * 2;     // [2] of K and V, [KEYS][DIM] each
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
        commit_copies(); // an empty group at the end keeps the count
    };
    copy_rows<QUERIES, DIM>(qs, q, b, head, tile * QUERIES, queries);
    load(from);
    float sum[DIM / 8][4];
    clear(sum);
    float maximum[2] = {-INFINITY, -INFINITY}; // of scores in base 2, rows lane / 4 and eight below
    float mass[2] = {0.0f, 0.0f};              // this lane's share
    float slope = scale * LOG2E;
    for (int at = from; at < to; at++) {
        load(at + 1);
        wait_copies<1>();
        __syncthreads(); // this tile has arrived for all
        unsigned stage = stages + (at - from) % 2 * 2 * KEY_BYTES;
        int2 entry = list[at]; // key tile, bits
        float s[N8][4];
        clear(s);
        rows_times_rows<DIM, N8>(s, qs, warpRow, stage, 0);
        bool partial = entry.y >= 0 || (entry.x + 1) * KEYS > keys;
#pragma unroll
        for (int r = 0; r < 2; r++) {
            float largest = maximum[r];
            unsigned word = 0xffffffffu;
#pragma unroll
            for (int j = 0; j < N8; j++) {
                if (partial && j % 4 == 0) {
                    word = mask_word<KEYS>(words, entry.y, warpRow + lane / 4 + 8 * r, j / 4);
                }
#pragma unroll
                for (int e = 0; e < 2; e++) {
                    int key = j * 8 + lane % 4 * 2 + e;
                    bool seen = !partial || ((word >> key % 32 & 1) && entry.x * KEYS + key < keys);
                    s[j][2 * r + e] = seen ? s[j][2 * r + e] * slope : -INFINITY;
                    largest = fmaxf(largest, s[j][2 * r + e]);
                }
            }
            largest = quad_max(largest);
            float base = largest == -INFINITY ? 0.0f : largest; // a row that has seen nothing yet
            float keep = exp2f(maximum[r] - base);
            maximum[r] = largest;
            mass[r] *= keep;
#pragma unroll
            for (int j = 0; j < N8; j++) {
#pragma unroll
                for (int e = 0; e < 2; e++) {
                    float p = exp2f(s[j][2 * r + e] - base);
                    s[j][2 * r + e] = p;
                    mass[r] += p;
                }
            }
#pragma unroll
            for (int c = 0; c < DIM / 8; c++) {
                sum[c][2 * r] *= keep;
                sum[c][2 * r + 1] *= keep;
            }
        }
        scores_times_rows<DIM, DIM, N8>(sum, s, stage + KEY_BYTES, 0, 0);
        __syncthreads(); // nobody reads this stage any more
    }
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int query = tile * QUERIES + warpRow + lane / 4 + 8 * r;
        float all = quad_sum(mass[r]);
        if (query < queries) {
            float inverse = all == 0.0f ? 0.0f : 1.0f / all;
            i64 row = ((b * queries + query) * heads + head) * dim;
#pragma unroll
            for (int c = 0; c < DIM / 8; c++) {
                put_pair<false>(out, outBf16, row, c * 8 + lane % 4 * 2, dim, sum[c][2 * r] * inverse, sum[c][2 * r + 1] * inverse);
            }
            if (lane % 4 == 0 && logSumExp != nullptr) {
                logSumExp[(b * heads + head) * queries + query] = (maximum[r] + log2f(all)) * LN2;
            }
        }
    }
    wait_copies<0>();
}

// grid (query tiles, heads, batch)
#define FORWARD(DIM, KEYS) \
    extern "C" __global__ void __launch_bounds__(THREADS) forward_##DIM(float scale, ROWS_ARGUMENTS(q), ROWS_ARGUMENTS(k), ROWS_ARGUMENTS(v), \
            void* out, int outBf16, float* logSumExp, int queries, int keys, int heads, int kvHeads, int dim, const int* order, \
            const int* starts, const int2* list, const unsigned* words) { \
        attend<DIM, KEYS>(scale, ROWS(q), ROWS(k), ROWS(v), out, outBf16 != 0, logSumExp, queries, keys, heads, kvHeads, dim, order, starts, \
                list, words); \
    }
FORWARD(32, 64)
FORWARD(64, 64)
FORWARD(128, 64)
FORWARD(256, 32)

// packed [batch, heads, rows, wide] of bf16 from x [batch, rows, heads, dim], float or bf16; zeros behind dim. One thread eight elements.
extern "C" __global__ void pack(const void* x, int bf16, i64 rows, int heads, int dim, int wide, i64 count, __nv_bfloat16* packed) {
    i64 at = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= count) {
        return;
    }
    int chunks = wide / 8;
    int c = (int) (at % chunks) * 8;
    i64 row = at / chunks % rows;
    i64 head = at / chunks / rows % heads;
    i64 b = at / chunks / rows / heads;
    i64 from = ((b * rows + row) * heads + head) * dim;
    float y[8];
#pragma unroll
    for (int i = 0; i < 8; i++) {
        y[i] = c + i < dim ? load_one(x, bf16 != 0, from + c + i) : 0.0f;
    }
    *(uint4*) (packed + at * 8) = make_uint4(narrow_pair(y[0], y[1]), narrow_pair(y[2], y[3]), narrow_pair(y[4], y[5]), narrow_pair(y[6], y[7]));
}
