// Index of the nearest codebook entry, the first one on ties, exact.
//
// What      codes[r] = argmin over e of |e|^2 - 2 z.e (|z|^2 is the same for all entries of a row).
// Layout    z [rows, dim]; codebook [codes, dim]; squares [codes]; candidates [rows, tiles, 2] of (distance, index); codes [rows].
// How       one tile_product of 64 rows and 64 entries a block; each row's best of the tile by the lanes that hold its columns; a second kernel
//           takes the best tile of each row. No score matrix in memory.
// Numerics  float fused multiply-adds over dim in rising order, the same for every entry: equal entries tie exactly, the lower index wins.
// Roofline  compute: 2 rows codes dim operations of the float peak.
#include "tile_product.cuh"

typedef Tile<64, 64, 4, 4> T;

// squares[e] = |e|^2, one warp an entry, in the order of tile_product
extern "C" __global__ void squares(const float* codebook, i64 codes, i64 dim, float* squares) {
    i64 code = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (code < codes) {
        float sum = 0.0f;
        for (i64 c = 0; c < dim; c++) {
            float e = codebook[code * dim + c];
            sum = fmaf(e, e, sum);
        }
        squares[code] = sum;
    }
}

// grid (row tiles, code tiles)
extern "C" __global__ void __launch_bounds__(256) tiles(const float* z, const float* codebook, const float* squares, i64 rows, i64 codes, i64 dim,
        float2* candidates) {
    i64 m0 = (i64) blockIdx.x * T::BM;
    i64 n0 = (i64) blockIdx.y * T::BN;
    float acc[T::TM][T::TN];
    tile_product<T, true, true>(
            [=](int row, i64 k) { return m0 + row < rows ? z[(m0 + row) * dim + k] : 0.0f; },
            [=](i64 k, int column) { return n0 + column < codes ? codebook[(n0 + column) * dim + k] : 0.0f; },
            0, dim, acc);
    int row = threadIdx.x / (T::BN / T::TN) * T::TM;
    int column = threadIdx.x % (T::BN / T::TN) * T::TN;
#pragma unroll
    for (int i = 0; i < T::TM; i++) {
        float least = INFINITY;
        int best = 0x7fffffff;
#pragma unroll
        for (int j = 0; j < T::TN; j++) {
            i64 code = n0 + column + j;
            float distance = code < codes ? fmaf(-2.0f, acc[i][j], squares[code]) : INFINITY;
            if (distance < least) {
                least = distance;
                best = (int) code;
            }
        }
#pragma unroll
        for (int step = T::BN / T::TN / 2; step > 0; step /= 2) { // the 16 lanes of a row
            float other = __shfl_xor_sync(FULL_MASK, least, step);
            int index = __shfl_xor_sync(FULL_MASK, best, step);
            if (other < least || (other == least && index < best)) {
                least = other;
                best = index;
            }
        }
        if (column == 0 && m0 + row + i < rows) {
            candidates[(m0 + row + i) * gridDim.y + blockIdx.y] = make_float2(least, __int_as_float(best));
        }
    }
}

// One thread a row.
extern "C" __global__ void best(const float2* candidates, i64 rows, int tiles, int* codes) {
    i64 row = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (row < rows) {
        float least = INFINITY;
        int best = 0;
        for (int t = 0; t < tiles; t++) {
            float2 candidate = candidates[row * tiles + t];
            if (candidate.x < least) {
                least = candidate.x;
                best = __float_as_int(candidate.y);
            }
        }
        codes[row] = best;
    }
}
