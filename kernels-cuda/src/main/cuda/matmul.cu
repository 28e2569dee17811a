// Exact float matrix products in all transpose orders, with their epilogue, and products of few rows.
//
// What      out = residual + multiplier * act(a b + bias), each part optional; or out += a b.
// Layout    a [m, k] or [k, m]; b [k, n] or [n, k], float or bf16, or eight bits with scales [n]; bias [n], float or bf16; multiplier, residual, out [m, n];
//           parts [splits, m, n] when a long k is split over blocks.
// How       tiles of 128 x 128 (8 x 8 a thread) or, where those would leave the device idle, 64 x 64 (4 x 4); grid (n tiles, m tiles,
//           splits). Split products leave their part in scratch, `join` adds the parts in order and applies the epilogue.
// Numerics  float fused multiply-adds. `rows_*` is for up to 64 rows: a warp computes one column for up to 4 rows, each row's sum in an
//           order that its length alone decides, so a row has the same bits in any company.
// Roofline  tiles: half of the float peak, bound by shared memory (64 products for 16 loads). rows: memory, the weights once.
#include "epilogue.cuh"
#include "tile_product.cuh"

typedef Tile<128, 128, 8, 8> Large;
typedef Tile<64, 64, 4, 4> Small;

template <class T, bool TA, bool TB, typename W>
__device__ __forceinline__ void product(const float* a, const W* b, float* out, i64 m, i64 n, i64 k, i64 kPerSplit, const Epilogue& epilogue) {
    i64 m0 = (i64) blockIdx.y * T::BM;
    i64 n0 = (i64) blockIdx.x * T::BN;
    i64 kFrom = blockIdx.z * kPerSplit;
    i64 kTo = kFrom + kPerSplit < k ? kFrom + kPerSplit : k;
    float acc[T::TM][T::TN];
    tile_product<T, !TA, TB>(
            [=](int row, i64 at) { return m0 + row < m ? (TA ? a[at * m + m0 + row] : a[(m0 + row) * k + at]) : 0.0f; },
            [=](i64 at, int column) { return n0 + column < n ? to_float(TB ? b[(n0 + column) * k + at] : b[at * n + n0 + column]) : 0.0f; },
            kFrom, kTo, acc);
    float* part = gridDim.z == 1 ? out : out + (i64) blockIdx.z * m * n;
    tile_store<T>(acc, [=](int row, int column, float value) {
        if (m0 + row < m && n0 + column < n) {
            i64 at = (m0 + row) * n + n0 + column;
            if (gridDim.z == 1) {
                finish(value, part, at, n0 + column, epilogue);
            } else {
                part[at] = value;
            }
        }
    });
}

#define PRODUCT(name, T, TA, TB, W) \
    extern "C" __global__ void __launch_bounds__(256) name(const float* a, const W* b, float* out, i64 m, i64 n, i64 k, i64 kPerSplit, \
            EPILOGUE_ARGUMENTS) { \
        product<T, TA, TB>(a, b, out, m, n, k, kPerSplit, EPILOGUE); \
    }
#define ORDERS(size, T, type, W) \
    PRODUCT(size##_nn_##type, T, false, false, W) \
    PRODUCT(size##_nt_##type, T, false, true, W) \
    PRODUCT(size##_tn_##type, T, true, false, W) \
    PRODUCT(size##_tt_##type, T, true, true, W)
PRODUCT(large_nn_f32, Large, false, false, float)
PRODUCT(large_nt_f32, Large, false, true, float)
PRODUCT(large_tn_f32, Large, true, false, float)
ORDERS(small, Small, f32, float)
ORDERS(small, Small, bf16, __nv_bfloat16)
PRODUCT(small_nt_i8, Small, false, true, signed char)

// Adds the parts of a split product in order; one thread an element.
extern "C" __global__ void join(const float* parts, int splits, float* out, i64 m, i64 n, EPILOGUE_ARGUMENTS) {
    i64 at = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (at < m * n) {
        float sum = 0.0f;
        for (int s = 0; s < splits; s++) {
            sum += parts[s * m * n + at];
        }
        finish(sum, out, at, at % n, EPILOGUE);
    }
}

#define ROWS 4 // of a warp

// Few rows times b [n, k]: warps of a block take neighbouring columns; grid (columns / warps, rows / ROWS).
template <typename W>
__device__ __forceinline__ void rows_along_k(const float* a, const W* b, float* out, i64 m, i64 n, i64 k, const Epilogue& epilogue) {
    int lane = threadIdx.x % WARP;
    i64 column = (i64) blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    i64 row = (i64) blockIdx.y * ROWS;
    if (column >= n) {
        return;
    }
    float sum[ROWS] = {};
    for (i64 at = lane; at < k; at += WARP) {
        float w = to_float(b[column * k + at]);
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            sum[r] = fmaf(row + r < m ? a[(row + r) * k + at] : 0.0f, w, sum[r]);
        }
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        float y = warp_sum(sum[r]);
        if (lane == 0 && row + r < m) {
            finish(y, out, (row + r) * n + column, column, epilogue);
        }
    }
}

// Few rows times b [k, n]: a thread takes one column; grid (columns / threads, rows / ROWS).
template <typename W>
__device__ __forceinline__ void rows_along_n(const float* a, const W* b, float* out, i64 m, i64 n, i64 k, const Epilogue& epilogue) {
    i64 column = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    i64 row = (i64) blockIdx.y * ROWS;
    if (column >= n) {
        return;
    }
    float sum[ROWS] = {};
    for (i64 at = 0; at < k; at++) {
        float w = to_float(b[at * n + column]);
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            sum[r] = fmaf(row + r < m ? a[(row + r) * k + at] : 0.0f, w, sum[r]);
        }
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        if (row + r < m) {
            finish(sum[r], out, (row + r) * n + column, column, epilogue);
        }
    }
}

#define FEW(name, inside, W) \
    extern "C" __global__ void name(const float* a, const W* b, float* out, i64 m, i64 n, i64 k, EPILOGUE_ARGUMENTS) { \
        inside(a, b, out, m, n, k, EPILOGUE); \
    }
FEW(rows_nt_f32, rows_along_k, float)
FEW(rows_nt_bf16, rows_along_k, __nv_bfloat16)
FEW(rows_nt_i8, rows_along_k, signed char)
FEW(rows_nn_f32, rows_along_n, float)
FEW(rows_nn_bf16, rows_along_n, __nv_bfloat16)
