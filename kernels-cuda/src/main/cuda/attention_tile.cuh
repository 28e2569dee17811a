// What the kernels of masked attention on the tensor cores share: tiles of rows of bf16 in shared memory, products of such tiles, masks.
//
// Layout    a tile [ROWS][DIM] of bf16, rows of DIM / 8 chunks of 16 bytes. Chunks are XORed with the row, so that the eight rows of an 8 x 8
//           matrix lie in different banks, whichever way ldmatrix reads them. A warp holds 16 rows of a score tile as mma.sync leaves them:
//           s[j][0], s[j][1] are row lane / 4, columns 8 j + 2 (lane % 4) + {0, 1}; s[j][2], s[j][3] the same eight rows below.
#pragma once
#include "common.cuh"
#include "mma.cuh"
#include "vectors.cuh"

#define WARPS 4
#define THREADS (WARPS * WARP)
#define QUERIES 64 // of a tile of the mask
#define LOG2E 1.4426950408889634f
#define LN2 0.6931471805599453f

// Rows of one operand: element (b, row, head, column) lies at b * batch + row * step + head * head_step + column.
struct Rows {
    const __nv_bfloat16* p;
    i64 batch, step, headStep;
};
#define ROWS_ARGUMENTS(x) const __nv_bfloat16 *x##P, i64 x##Batch, i64 x##Step, i64 x##Head
#define ROWS(x) Rows{x##P, x##Batch, x##Step, x##Head}

// Offset in bytes of the chunk that holds columns c .. c + 7 of a row.
template <int DIM> __device__ __forceinline__ int place(int row, int c) {
    return row * DIM * 2 + (c / 8 ^ (DIM >= 64 ? row & 7 : row / 2 & 3)) * 16;
}

// Queues the copies of rows first .. first + ROWS of one head; zeros behind the last row.
template <int ROWS_, int DIM> __device__ __forceinline__ void copy_rows(unsigned shared, const Rows& from, i64 b, int head, int first, int rows) {
    const int CHUNKS = DIM / 8;
    const __nv_bfloat16* p = from.p + b * from.batch + head * from.headStep;
#pragma unroll
    for (int i = 0; i < ROWS_ * CHUNKS / THREADS; i++) {
        int at = i * THREADS + threadIdx.x;
        int row = at / CHUNKS;
        int c = at % CHUNKS * 8;
        bool inside = first + row < rows;
        copy_async(shared + place<DIM>(row, c), p + (inside ? first + row : 0) * from.step + c, inside ? 16 : 0);
    }
}

// s [16][8 N8] += rows of a (this warp's 16 from aRow on) times rows of b (N8 * 8 from bRow on), along the columns of both.
template <int DIM, int N8> __device__ __forceinline__ void rows_times_rows(float (&s)[N8][4], unsigned a, int aRow, unsigned b, int bRow) {
    int lane = threadIdx.x % WARP;
    int matrix = lane / 8;
#pragma unroll (DIM > 128 ? 4 : DIM / 16) // addresses of a whole row of 256 columns would not fit the registers
    for (int c = 0; c < DIM; c += 16) {
        unsigned x[4];
        load_matrices(x, a + place<DIM>(aRow + matrix % 2 * 8 + lane % 8, c + matrix / 2 * 8));
#pragma unroll
        for (int j = 0; j < N8; j += 2) {
            unsigned y[4];
            load_matrices(y, b + place<DIM>(bRow + j * 8 + matrix / 2 * 8 + lane % 8, c + matrix % 2 * 8));
            multiply(s[j], x, y[0], y[1]);
            multiply(s[j + 1], x, y[2], y[3]);
        }
    }
}

// sum [16][COLUMNS] += s [16][8 N8], rounded to bf16, times rows bRow .. of b, columns from column0 on.
template <int DIM, int COLUMNS, int N8>
__device__ __forceinline__ void scores_times_rows(float (&sum)[COLUMNS / 8][4], const float (&s)[N8][4], unsigned b, int bRow, int column0) {
    int lane = threadIdx.x % WARP;
    int matrix = lane / 8;
#pragma unroll
    for (int j = 0; j < N8; j += 2) {
        unsigned x[4] = {narrow_pair(s[j][0], s[j][1]), narrow_pair(s[j][2], s[j][3]), narrow_pair(s[j + 1][0], s[j + 1][1]),
                narrow_pair(s[j + 1][2], s[j + 1][3])};
#pragma unroll
        for (int c = 0; c < COLUMNS; c += 16) {
            unsigned y[4];
            load_matrices_transposed(y, b + place<DIM>(bRow + j * 8 + matrix % 2 * 8 + lane % 8, column0 + c + matrix / 2 * 8));
            multiply(sum[c / 8], x, y[0], y[1]);
            multiply(sum[c / 8 + 1], x, y[2], y[3]);
        }
    }
}

template <int N> __device__ __forceinline__ void clear(float (&x)[N][4]) {
#pragma unroll
    for (int i = 0; i < N; i++) {
#pragma unroll
        for (int e = 0; e < 4; e++) {
            x[i][e] = 0.0f;
        }
    }
}

// Sum and maximum over the four lanes that share a row of scores.
__device__ __forceinline__ float quad_sum(float x) {
    x += __shfl_xor_sync(FULL_MASK, x, 1);
    return x + __shfl_xor_sync(FULL_MASK, x, 2);
}

__device__ __forceinline__ float quad_max(float x) {
    x = fmaxf(x, __shfl_xor_sync(FULL_MASK, x, 1));
    return fmaxf(x, __shfl_xor_sync(FULL_MASK, x, 2));
}

// The tile entry's word for a query and a run of 32 keys; all ones where the whole tile is visible.
template <int KEYS> __device__ __forceinline__ unsigned mask_word(const unsigned* words, int at, int query, int run) {
    return at < 0 ? 0xffffffffu : words[at + query * (KEYS / 32) + run];
}

// Adds to, or sets, two neighbouring elements of a row of dim; the tensor is float or bf16.
template <bool ADD> __device__ __forceinline__ void put_pair(void* x, bool bf16, i64 row, int column, int dim, float first, float second) {
    if (column < dim) {
        store_one(x, bf16, row + column, ADD ? load_one(x, bf16, row + column) + first : first);
    }
    if (column + 1 < dim) {
        store_one(x, bf16, row + column + 1, ADD ? load_one(x, bf16, row + column + 1) + second : second);
    }
}
