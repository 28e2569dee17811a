// Exact float matrix products in all transpose orders, with their epilogue, and products of few rows.
//
// What      out = residual + multiplier * act(a b + bias), each part optional; or out += a b.
// Layout    a [m, k] or [k, m]; b [k, n] or [n, k], float or bf16, or eight bits with scales [n]; bias [n], multiplier, residual, out [m, n], float or bf16;
//           parts [splits, m, n], float, when a long k is split over blocks.
// How       tiles of 128 x 128 (8 x 8 a thread) or, where those would leave the device idle, 64 x 64 (4 x 4); grid (n tiles, m tiles,
//           splits). Split products leave their part in scratch, `join` adds the parts in order and applies the epilogue.
//           `rows_*` is for up to 64 rows: the weights stream through the multiprocessor once for eight rows, past the first-level cache,
//           8 to 16 loads under way in every lane. A lane takes four neighbouring weights (16, 8 or 4 bytes), so that the floats of a row
//           that go with them are 16 bytes and neighbouring lanes' 16 bytes: every request is whole lines. Four columns a warp share a row's load.
// Numerics  float fused multiply-adds. `rows_*`: each row's sum in an order that its length alone decides, so a row has the same bits in any company.
// Roofline  tiles: half of the float peak, bound by shared memory (64 products for 16 loads). rows: memory, the weights once. With 64 bytes (eight bits)
//           or 128 under way in each of 256 threads a multiprocessor has 16 to 32 KB under way and needs 18 KB to cover 0.8 us at 3 TB/s
//           on an H100. Estimates; not run on a GPU.
#include "epilogue.cuh"
#include "tile_product.cuh"

typedef Tile<128, 128, 8, 8> Large;
typedef Tile<64, 64, 4, 4> Small;

template <class T, bool TA, bool TB, typename W>
__device__ __forceinline__ void product(const float* a, const W* b, void* out, i64 m, i64 n, i64 k, i64 kPerSplit, const Epilogue& epilogue) {
    i64 m0 = (i64) blockIdx.y * T::BM;
    i64 n0 = (i64) blockIdx.x * T::BN;
    i64 kFrom = blockIdx.z * kPerSplit;
    i64 kTo = kFrom + kPerSplit < k ? kFrom + kPerSplit : k;
    float acc[T::TM][T::TN];
    tile_product<T, !TA, TB>(
            [=](int row, i64 at) { return m0 + row < m ? (TA ? a[at * m + m0 + row] : a[(m0 + row) * k + at]) : 0.0f; },
            [=](i64 at, int column) { return n0 + column < n ? to_float(TB ? b[(n0 + column) * k + at] : b[at * n + n0 + column]) : 0.0f; },
            kFrom, kTo, acc);
    bool split = gridDim.z > 1;
    void* target = split ? (float*) out + (i64) blockIdx.z * m * n : out;
    bool fours = split ? n % 4 == 0 : in_fours(out, n, epilogue);
    tile_store<T>(acc, [&](int row, int column, float4 y) {
        if (m0 + row < m && n0 + column < n) {
            write_four(y, target, (m0 + row) * n + n0 + column, n0 + column, n, split, fours, epilogue);
        }
    });
}

#define PRODUCT(name, T, TA, TB, W) \
    extern "C" __global__ void __launch_bounds__(256) name(const float* a, const W* b, void* out, i64 m, i64 n, i64 k, i64 kPerSplit, \
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

// Adds the parts of a split product in order; one thread four elements, or one where n is no multiple of four.
extern "C" __global__ void join(const float* parts, int splits, void* out, i64 m, i64 n, EPILOGUE_ARGUMENTS) {
    Epilogue e = EPILOGUE;
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (in_fours(out, n, e)) {
        i64 at = 4 * i;
        if (at < m * n) {
            float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
            for (int s = 0; s < splits; s++) {
                sum = add(sum, load_four(parts, false, s * m * n + at));
            }
            finish_four(sum, out, at, at % n, e);
        }
        return;
    }
    for (i64 at = i; at < m * n; at += (i64) gridDim.x * blockDim.x) {
        float sum = 0.0f;
        for (int s = 0; s < splits; s++) {
            sum += parts[s * m * n + at];
        }
        finish(sum, out, at, at % n, e);
    }
}

#define ROWS 8    // of a block in the products of few rows
#define COLUMNS 4 // of a warp along k, of a thread along n

// Four neighbouring weights as they lie in memory, read past the first-level cache: every weight is used once.
template <typename W> struct Four;
template <> struct Four<float> {
    typedef uint4 Bits;
    static __device__ __forceinline__ float4 floats(uint4 b) {
        return make_float4(__uint_as_float(b.x), __uint_as_float(b.y), __uint_as_float(b.z), __uint_as_float(b.w));
    }
};
template <> struct Four<__nv_bfloat16> {
    typedef uint2 Bits;
    static __device__ __forceinline__ float4 floats(uint2 b) { return wide(b); }
};
template <> struct Four<signed char> {
    typedef unsigned Bits;
    // A byte put behind the exponent of 2^23 is a float by itself; conversions would be four times as slow.
    static __device__ __forceinline__ float4 floats(unsigned b) {
        const unsigned exponent = 0x4b000000u;
        const float bias = 8388608.0f + 128.0f;
        unsigned u = b ^ 0x80808080u; // 0 .. 255
        return make_float4(__uint_as_float(__byte_perm(u, exponent, 0x7440)) - bias, __uint_as_float(__byte_perm(u, exponent, 0x7441)) - bias,
                __uint_as_float(__byte_perm(u, exponent, 0x7442)) - bias, __uint_as_float(__byte_perm(u, exponent, 0x7443)) - bias);
    }
};

__device__ __forceinline__ uint4 stream(const uint4* p) {
    uint4 x;
    asm("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w) : "l"(p));
    return x;
}

__device__ __forceinline__ uint2 stream(const uint2* p) {
    uint2 x;
    asm("ld.global.nc.L1::no_allocate.v2.u32 {%0, %1}, [%2];" : "=r"(x.x), "=r"(x.y) : "l"(p));
    return x;
}

__device__ __forceinline__ unsigned stream(const unsigned* p) {
    unsigned x;
    asm("ld.global.nc.L1::no_allocate.u32 %0, [%1];" : "=r"(x) : "l"(p));
    return x;
}

// p[0 .. 3] without those from count on, which count as 0.
template <typename T> __device__ __forceinline__ float4 some(const T* p, i64 count) {
    return make_float4(count > 0 ? to_float(p[0]) : 0.0f, count > 1 ? to_float(p[1]) : 0.0f, count > 2 ? to_float(p[2]) : 0.0f,
            count > 3 ? to_float(p[3]) : 0.0f);
}

__device__ __forceinline__ float dot(float4 x, float4 w, float sum) { return fmaf(x.w, w.w, fmaf(x.z, w.z, fmaf(x.y, w.y, fmaf(x.x, w.x, sum)))); }

// Few rows times b [n, k]: a warp takes four columns, a lane fours of k that are 128 apart. Rows of eight go together: grid
// (ceil(rows / ROWS), column blocks), so that blocks which read the same weights run at the same time and share them in L2.
template <typename W>
__device__ __forceinline__ void rows_along_k(const float* a, const W* b, void* out, i64 m, i64 n, i64 k, const Epilogue& epilogue) {
    typedef typename Four<W>::Bits Bits;
    const int DEPTH = 128 / (COLUMNS * sizeof(Bits)) < 4 ? 128 / (COLUMNS * sizeof(Bits)) : 4; // 128 or 64 bytes of weights under way in every lane
    int lane = threadIdx.x % WARP;
    i64 column0 = ((i64) blockIdx.y * (blockDim.x / WARP) + threadIdx.x / WARP) * COLUMNS;
    i64 row0 = (i64) blockIdx.x * ROWS;
    if (column0 >= n) {
        return;
    }
    int rows = (int) (m - row0 < ROWS ? m - row0 : ROWS);
    int columns = (int) (n - column0 < COLUMNS ? n - column0 : COLUMNS);
    const float* x = a + row0 * k;
    const W* w = b + column0 * k;
    float sum[ROWS][COLUMNS] = {};
    i64 at = 4 * lane;
    if (k % 4 == 0 && aligned(a) && aligned(b)) {
        for (; at + (DEPTH - 1) * 4 * WARP < k; at += DEPTH * 4 * WARP) {
            Bits bits[DEPTH][COLUMNS];
#pragma unroll
            for (int d = 0; d < DEPTH; d++) {
#pragma unroll
                for (int c = 0; c < COLUMNS; c++) {
                    bits[d][c] = stream((const Bits*) (w + (c < columns ? c : 0) * k + at + d * 4 * WARP));
                }
            }
#pragma unroll
            for (int d = 0; d < DEPTH; d++) {
                float4 y[COLUMNS];
#pragma unroll
                for (int c = 0; c < COLUMNS; c++) {
                    y[c] = Four<W>::floats(bits[d][c]);
                }
#pragma unroll
                for (int r = 0; r < ROWS; r++) {
                    if (r < rows) {
                        float4 own = __ldg((const float4*) (x + r * k + at + d * 4 * WARP));
#pragma unroll
                        for (int c = 0; c < COLUMNS; c++) {
                            sum[r][c] = dot(own, y[c], sum[r][c]);
                        }
                    }
                }
            }
        }
    }
    for (; at < k; at += 4 * WARP) { // the rest, or all where rows are not aligned: the same order
        float4 y[COLUMNS];
#pragma unroll
        for (int c = 0; c < COLUMNS; c++) {
            y[c] = some(w + (c < columns ? c : 0) * k + at, k - at);
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            if (r < rows) {
                float4 own = some(x + r * k + at, k - at);
#pragma unroll
                for (int c = 0; c < COLUMNS; c++) {
                    sum[r][c] = dot(own, y[c], sum[r][c]);
                }
            }
        }
    }
    float mine = 0.0f; // of row lane / COLUMNS, column lane % COLUMNS
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        if (r < rows) {
#pragma unroll
            for (int c = 0; c < COLUMNS; c++) {
                float y = warp_sum(sum[r][c]);
                mine = lane == r * COLUMNS + c ? y : mine;
            }
        }
    }
    if (lane / COLUMNS < rows && lane % COLUMNS < columns) {
        i64 column = column0 + lane % COLUMNS;
        finish(mine, out, (row0 + lane / COLUMNS) * n + column, column, epilogue);
    }
}

// Few rows times b [k, n]: a thread takes four columns, the eight warps of a block every eighth k; their sums are added in order.
template <typename W>
__device__ __forceinline__ void rows_along_n(const float* a, const W* b, void* out, i64 m, i64 n, i64 k, const Epilogue& epilogue) {
    const int WARPS = 8;
    const int WIDTH = WARP * COLUMNS;
    __shared__ __align__(16) float shared[WARPS][ROWS][WIDTH];
    int lane = threadIdx.x % WARP;
    int warp = threadIdx.x / WARP;
    i64 column0 = (i64) blockIdx.y * WIDTH;
    i64 column = column0 + lane * COLUMNS;
    i64 row0 = (i64) blockIdx.x * ROWS;
    int rows = (int) (m - row0 < ROWS ? m - row0 : ROWS);
    const float* x = a + row0 * k;
    bool fours = n % 4 == 0 && aligned(b);
    float4 sum[ROWS] = {};
#pragma unroll 4
    for (i64 at = warp; at < k; at += WARPS) {
        const W* from = b + at * n + column;
        float4 w = fours && column < n ? Four<W>::floats(stream((const typename Four<W>::Bits*) from)) : some(from, fours ? 0 : n - column);
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            if (r < rows) {
                float own = __ldg(x + r * k + at);
                sum[r] = make_float4(fmaf(own, w.x, sum[r].x), fmaf(own, w.y, sum[r].y), fmaf(own, w.z, sum[r].z), fmaf(own, w.w, sum[r].w));
            }
        }
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        *(float4*) &shared[warp][r][lane * COLUMNS] = sum[r];
    }
    __syncthreads();
    for (int e = threadIdx.x; e < rows * WIDTH; e += blockDim.x) {
        float y = 0.0f;
        for (int part = 0; part < WARPS; part++) {
            y += shared[part][e / WIDTH][e % WIDTH];
        }
        if (column0 + e % WIDTH < n) {
            finish(y, out, (row0 + e / WIDTH) * n + column0 + e % WIDTH, column0 + e % WIDTH, epilogue);
        }
    }
}

#define FEW(name, inside, W) \
    extern "C" __global__ void __launch_bounds__(256) name(const float* a, const W* b, void* out, i64 m, i64 n, i64 k, EPILOGUE_ARGUMENTS) { \
        inside(a, b, out, m, n, k, EPILOGUE); \
    }
FEW(rows_nt_f32, rows_along_k, float)
FEW(rows_nt_bf16, rows_along_k, __nv_bfloat16)
FEW(rows_nt_i8, rows_along_k, signed char)
FEW(rows_nn_f32, rows_along_n, float)
FEW(rows_nn_bf16, rows_along_n, __nv_bfloat16)
