// Matrix products on the tensor cores, bf16 operands and float sums, in all transpose orders, with the epilogue of matmul.cu.
//
// What      out = residual + multiplier * act(a b + bias), or out += a b.
// Layout    a [m, k] or [k, m], b [k, n] or [n, k], bf16 with rows of aPitch and bPitch elements, multiples of 8 (16 bytes), whose padding is 0;
//           out and the epilogue's operands float. `pack` makes such an operand from float or bf16.
// How       blocks of 128 x 128 of the result, 8 warps of 64 x 32. Slices of 32 along k pass through four buffers of shared memory by
//           cp.async, three under way while one is multiplied; ldmatrix hands them to mma.sync.m16n8k16. An operand keeps its own order in
//           shared memory: ldmatrix.trans turns what lies the other way, so nothing is transposed in memory. Chunks of 16 bytes
//           are XORed with the row so that eight rows of a matrix lie in different banks.
// Numerics  operands rounded to bf16 once, sums in float; k in rising order; split sums are joined in order by matmul.cu's join.
// Roofline  tensor cores: 4,096 products a multiprocessor and clock on Hopper, of which mma.sync reaches about 60 %.
#include "epilogue.cuh"
#include "mma.cuh"

#define BM 128
#define BN 128
#define BK 32
#define STAGES 4
#define THREADS 256
#define OPERAND_BYTES (BM * BK * 2)
#define STAGE_BYTES (2 * OPERAND_BYTES)
#define WARP_M 64
#define WARP_N 32

// Offset in bytes of the 16-byte chunk that holds (row, k .. k + 7) of a tile [128][32] or, the other way, (k, row .. row + 7) of [32][128].
template <bool ALONG_K> __device__ __forceinline__ int chunk_at(int row, int k) {
    return ALONG_K ? row * 64 + (k / 8 ^ (row / 2 & 3)) * 16 : k * 256 + (row / 8 ^ (k & 7)) * 16;
}

// Queues the copies of one operand's tile: rows r0 .. of `rows`, k0 .. of `k`.
template <bool ALONG_K>
__device__ __forceinline__ void load_operand(unsigned shared, const __nv_bfloat16* x, i64 pitch, i64 r0, i64 rows, i64 k0, i64 kTo) {
#pragma unroll
    for (int i = 0; i < BM * BK / 8 / THREADS; i++) {
        int chunk = i * THREADS + threadIdx.x;
        int row = ALONG_K ? chunk / (BK / 8) : chunk % (BM / 8) * 8;
        int k = ALONG_K ? chunk % (BK / 8) * 8 : chunk / (BM / 8);
        bool inside = r0 + row < rows && k0 + k < kTo;
        i64 at = inside ? (ALONG_K ? (r0 + row) * pitch + k0 + k : (k0 + k) * pitch + r0 + row) : 0;
        // Along k a chunk may stick out behind the split's end: those elements belong to the next split.
        int count = !inside ? 0 : ALONG_K ? (int) (kTo - k0 - k < 8 ? kTo - k0 - k : 8) : 8;
        copy_async(shared + chunk_at<ALONG_K>(row, k), x + at, 2 * count);
    }
}

template <bool TA, bool TB>
__device__ __forceinline__ void product(const __nv_bfloat16* a, i64 aPitch, const __nv_bfloat16* b, i64 bPitch, float* out, i64 m, i64 n, i64 k,
        i64 kPerSplit, const Epilogue& epilogue) {
    extern __shared__ __align__(128) unsigned char shared[];
    const bool A_ALONG_K = !TA;
    const bool B_ALONG_K = TB;
    unsigned base = shared_address(shared);
    i64 m0 = (i64) blockIdx.y * BM;
    i64 n0 = (i64) blockIdx.x * BN;
    i64 kFrom = blockIdx.z * kPerSplit;
    i64 kTo = kFrom + kPerSplit < k ? kFrom + kPerSplit : k;
    int lane = threadIdx.x % WARP;
    int warp = threadIdx.x / WARP;
    int warpM = warp / (BN / WARP_N) * WARP_M;
    int warpN = warp % (BN / WARP_N) * WARP_N;
    float sum[WARP_M / 16][WARP_N / 8][4] = {};
    int steps = (int) ((kTo - kFrom + BK - 1) / BK);
    auto load = [&](int step) {
        if (step < steps) {
            unsigned stage = base + step % STAGES * STAGE_BYTES;
            i64 k0 = kFrom + (i64) step * BK;
            load_operand<A_ALONG_K>(stage, a, aPitch, m0, m, k0, kTo);
            load_operand<B_ALONG_K>(stage + OPERAND_BYTES, b, bPitch, n0, n, k0, kTo);
        }
        commit_copies(); // an empty group at the end keeps the count
    };
    for (int step = 0; step < STAGES - 1; step++) {
        load(step);
    }
    for (int step = 0; step < steps; step++) {
        wait_copies<STAGES - 2>();
        __syncthreads(); // this slice has arrived for all, and all are done with the one before
        load(step + STAGES - 1);
        unsigned stage = base + step % STAGES * STAGE_BYTES;
#pragma unroll
        for (int k16 = 0; k16 < BK; k16 += 16) {
            unsigned x[WARP_M / 16][4];
            unsigned y[WARP_N / 16][4];
            int matrix = lane / 8;
#pragma unroll
            for (int i = 0; i < WARP_M / 16; i++) {
                int row = warpM + i * 16;
                if (A_ALONG_K) {
                    load_matrices(x[i], stage + chunk_at<true>(row + matrix % 2 * 8 + lane % 8, k16 + matrix / 2 * 8));
                } else {
                    load_matrices_transposed(x[i], stage + chunk_at<false>(row + matrix % 2 * 8, k16 + matrix / 2 * 8 + lane % 8));
                }
            }
#pragma unroll
            for (int j = 0; j < WARP_N / 16; j++) {
                int column = warpN + j * 16;
                unsigned tile = stage + OPERAND_BYTES;
                if (B_ALONG_K) {
                    load_matrices(y[j], tile + chunk_at<true>(column + matrix / 2 * 8 + lane % 8, k16 + matrix % 2 * 8));
                } else {
                    load_matrices_transposed(y[j], tile + chunk_at<false>(column + matrix / 2 * 8, k16 + matrix % 2 * 8 + lane % 8));
                }
            }
#pragma unroll
            for (int i = 0; i < WARP_M / 16; i++) {
#pragma unroll
                for (int j = 0; j < WARP_N / 8; j++) {
                    multiply(sum[i][j], x[i], y[j / 2][j % 2 * 2], y[j / 2][j % 2 * 2 + 1]);
                }
            }
        }
    }
    float* part = gridDim.z == 1 ? out : out + (i64) blockIdx.z * m * n;
#pragma unroll
    for (int i = 0; i < WARP_M / 16; i++) {
#pragma unroll
        for (int j = 0; j < WARP_N / 8; j++) {
#pragma unroll
            for (int e = 0; e < 4; e++) {
                i64 row = m0 + warpM + i * 16 + lane / 4 + e / 2 * 8;
                i64 column = n0 + warpN + j * 8 + lane % 4 * 2 + e % 2;
                if (row < m && column < n) {
                    if (gridDim.z == 1) {
                        finish(sum[i][j][e], part, row * n + column, column, epilogue);
                    } else {
                        part[row * n + column] = sum[i][j][e];
                    }
                }
            }
        }
    }
}

#define PRODUCT(name, TA, TB) \
    extern "C" __global__ void __launch_bounds__(THREADS, 1) name(const __nv_bfloat16* a, i64 aPitch, const __nv_bfloat16* b, i64 bPitch, \
            float* out, i64 m, i64 n, i64 k, i64 kPerSplit, EPILOGUE_ARGUMENTS) { \
        product<TA, TB>(a, aPitch, b, bPitch, out, m, n, k, kPerSplit, EPILOGUE); \
    }
PRODUCT(nn, false, false)
PRODUCT(nt, false, true)
PRODUCT(tn, true, false)
PRODUCT(tt, true, true)

// packed [rows, pitch] of bf16 from x [rows, columns]; the padding becomes 0. One thread a pair of elements.
template <typename T> __device__ __forceinline__ void pack(const T* x, i64 rows, i64 columns, i64 pitch, __nv_bfloat162* packed) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i < rows * pitch / 2) {
        i64 row = 2 * i / pitch;
        i64 column = 2 * i % pitch;
        float first = column < columns ? to_float(x[row * columns + column]) : 0.0f;
        float second = column + 1 < columns ? to_float(x[row * columns + column + 1]) : 0.0f;
        packed[i] = __floats2bfloat162_rn(first, second);
    }
}

extern "C" __global__ void pack_f32(const float* x, i64 rows, i64 columns, i64 pitch, __nv_bfloat162* packed) {
    pack(x, rows, columns, pitch, packed);
}

extern "C" __global__ void pack_bf16(const __nv_bfloat16* x, i64 rows, i64 columns, i64 pitch, __nv_bfloat162* packed) {
    pack(x, rows, columns, pitch, packed);
}
