// Index of the nearest codebook entry, the first one on ties, exact: candidates from the tensor cores, decided in float64.
//
// What      codes[r] = argmin over e of |e|^2 - 2 z.e (|z|^2 is the same for all entries of a row).
// Layout    z [rows, dim], codebook [codes, dim] float; split operands [n, 3 pitch] bf16; squares [codes] = |e|^2; norms [rows] = |z|; most [1]: the largest
//           |e|^2; slabs [rows, slabs, 3]: least distance, its index, second least of the 64 entries that a warp holds; codes [rows].
// How       a float is the sum of two bf16, high and low, within 2^-17 of it. The rows (high, high, low) of z times (high, low, high) of the codebook
//           sum to the product without low times low: one product of three times the length, whose tile becomes slabs where it lies; no
//           score matrix in memory. `settle`, a warp a row: an entry further than the error bound from the best cannot be the nearest. Of a slab
//           whose second is within it all entries are candidates, else its best one at most; those, mostly one, are computed in float64.
// Numerics  |distance here - exact| <= B = 2 |z| max|e| (2^-16 + (3 dim / 16 + 4) 2^-22) + (dim / 32 + 8) 2^-23 max|e|^2 + 10^-35: what the split leaves out, 3 2^-18;
//           what a tensor core loses in each step of 16 terms; float roundings. Candidates lie within 2 B of the least. What is not
//           finite makes candidates of all. Float64 sums run in one order for all entries: equal entries tie, the lower index wins.
// Roofline  tensor cores: 3 rows codes dim multiply-adds in bf16 instead of 1 in float; on an H100 1,270 a clock against 128. An estimate; not run
//           on a GPU.
#include "tensor_tile.cuh"
#include "vectors.cuh"

// packed [n, 3 pitch] from x [n, dim]: (high, high, low), or (high, low, high) with isCodebook. One warp a row; also |x|, or |x|^2 and the largest of those.
extern "C" __global__ void split(const float* x, i64 n, i64 dim, i64 pitch, int isCodebook, __nv_bfloat16* packed, float* size, int* most) {
    i64 row = (i64) blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    if (row >= n) {
        return;
    }
    __nv_bfloat16* out = packed + row * 3 * pitch;
    float squares = 0.0f;
    for (i64 c = threadIdx.x % WARP; c < pitch; c += WARP) {
        float value = c < dim ? x[row * dim + c] : 0.0f;
        __nv_bfloat16 high = __float2bfloat16_rn(value);
        __nv_bfloat16 low = __float2bfloat16_rn(value - to_float(high));
        out[c] = high;
        out[pitch + c] = isCodebook ? low : high;
        out[2 * pitch + c] = isCodebook ? high : low;
        squares = fmaf(value, value, squares);
    }
    squares = warp_sum(squares);
    if (threadIdx.x % WARP == 0) {
        size[row] = isCodebook ? squares : sqrtf(squares);
        if (isCodebook) {
            atomicMax(most, __float_as_int(fabsf(squares))); // whole numbers that order as the floats do; NaN is above all
        }
    }
}

// Joins (least, where, second) of two parts of a slab.
__device__ __forceinline__ void join(float& least, int& where, float& second, float otherLeast, int otherWhere, float otherSecond) {
    bool mine = least < otherLeast || (least == otherLeast && where < otherWhere);
    second = fminf(fminf(second, otherSecond), mine ? otherLeast : least);
    least = mine ? least : otherLeast;
    where = mine ? where : otherWhere;
}

template <class T>
__device__ __forceinline__ void slabs(const __nv_bfloat16* z, const __nv_bfloat16* codebook, const float* squares, i64 rows, i64 codes, i64 length,
        float* slabs) {
    TilePlace tile = grouped_tile(blockIdx.x, (rows + T::BM - 1) / T::BM, (codes + T::BN - 1) / T::BN);
    i64 m0 = tile.row * T::BM;
    i64 n0 = tile.column * T::BN;
    const int LANES = T::WARP_N / 4; // that share a row
    i64 count = (codes + T::WARP_N - 1) / T::WARP_N;
    float sum[T::M16][T::N8][4];
    tensor_product<T, true, true>(Matrix<T, T::BM, true>(z, length, m0, rows, 0, length), Matrix<T, T::BN, true>(codebook, length, n0, codes, 0, length),
            (int) ((length + T::BK - 1) / T::BK), sum);
    tensor_store<T>(sum, [&](int row, int column, float4 y) {
        float values[4] = {y.x, y.y, y.z, y.w};
        float least = INFINITY;
        float second = INFINITY;
        int where = 0x7fffffff;
#pragma unroll
        for (int e = 0; e < 4; e++) {
            i64 code = n0 + column + e;
            if (code < codes) {
                float distance = fmaf(-2.0f, values[e], squares[code]);
                distance = fabsf(distance) < INFINITY ? distance : -INFINITY; // unknown: makes candidates of all
                join(least, where, second, distance, (int) code, INFINITY);
            }
        }
#pragma unroll
        for (int step = LANES / 2; step > 0; step /= 2) {
            float otherLeast = __shfl_xor_sync(FULL_MASK, least, step);
            int otherWhere = __shfl_xor_sync(FULL_MASK, where, step);
            float otherSecond = __shfl_xor_sync(FULL_MASK, second, step);
            join(least, where, second, otherLeast, otherWhere, otherSecond);
        }
        if (threadIdx.x % LANES == 0 && m0 + row < rows && n0 + column < codes) {
            float* own = slabs + 3 * ((m0 + row) * count + (n0 + column) / T::WARP_N);
            own[0] = least;
            own[1] = __int_as_float(where);
            own[2] = second;
        }
    });
}

extern "C" __global__ void __launch_bounds__(Wide::THREADS, 1) slabs_wide(const __nv_bfloat16* z, const __nv_bfloat16* codebook, const float* squares, i64 rows,
        i64 codes, i64 length, float* out) {
    slabs<Wide>(z, codebook, squares, rows, codes, length, out);
}

extern "C" __global__ void __launch_bounds__(Small::THREADS, 4) slabs_small(const __nv_bfloat16* z, const __nv_bfloat16* codebook, const float* squares,
        i64 rows, i64 codes, i64 length, float* out) {
    slabs<Small>(z, codebook, squares, rows, codes, length, out);
}

// |e|^2 - 2 z.e in float64, in every lane.
__device__ __forceinline__ double exact(const float* z, const float* e, i64 dim) {
    double square = 0.0;
    double product = 0.0;
    for (i64 c = threadIdx.x % WARP; c < dim; c += WARP) {
        double entry = e[c];
        square = fma(entry, entry, square);
        product = fma((double) z[c], entry, product);
    }
    return warp_sum(square) - 2.0 * warp_sum(product);
}

// One warp a row. width: entries of a slab.
extern "C" __global__ void settle(const float* slabs, i64 count, int width, const float* z, const float* codebook, const float* norms, const float* most,
        i64 rows, i64 codes, i64 dim, int* out) {
    i64 row = (i64) blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    int lane = threadIdx.x % WARP;
    if (row >= rows) {
        return;
    }
    const float* own = slabs + 3 * row * count;
    float least = INFINITY;
    for (i64 s = lane; s < count; s += WARP) {
        least = fminf(least, own[3 * s]);
    }
    least = -warp_max(-least);
    float error = 2.0f * norms[row] * sqrtf(*most) * (1.52587890625e-5f + (3.0f * (float) dim / 16.0f + 4.0f) * 2.384185791015625e-7f)
            + ((float) dim / 32.0f + 8.0f) * 1.1920928955078125e-7f * *most + 1e-35f;
    float bar = least == -INFINITY ? INFINITY : least + 2.0f * error;
    double nearest = INFINITY;
    int best = 0;
    for (i64 first = 0; first < count; first += WARP) {
        i64 s = first + lane;
        bool one = s < count && !(own[3 * s] > bar); // a bar that is not a number keeps all
        bool all = s < count && !(own[3 * s + 2] > bar);
        unsigned candidates = __ballot_sync(FULL_MASK, one);
        unsigned whole = __ballot_sync(FULL_MASK, all);
        for (; candidates != 0; candidates &= candidates - 1) { // slabs in rising order
            int bit = __ffs(candidates) - 1;
            i64 slab = first + bit;
            bool every = whole >> bit & 1;
            i64 from = every ? slab * width : __float_as_int(own[3 * slab + 1]);
            i64 to = every ? (from + width < codes ? from + width : codes) : from + 1;
            for (i64 code = from; code < to; code++) {
                double distance = exact(z + row * dim, codebook + code * dim, dim);
                if (distance < nearest) {
                    nearest = distance;
                    best = (int) code;
                }
            }
        }
    }
    if (lane == 0) {
        out[row] = best;
    }
}
