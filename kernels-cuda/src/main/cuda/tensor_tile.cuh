// One tile of a product on the tensor cores: the inside of every product of bf16 operands here: matmul, linear + cross entropy,
// convolution and its gradients, nearest code.
//
// What      sum[row][column] = sum over k of a(row, k) b(k, column) for the part of a tile BM x BN that this warp holds.
// How       slices of 32 along k pass through STAGES buffers of shared memory by cp.async, all but one under way while one is multiplied;
//           ldmatrix hands them to mma.sync.m16n8k16, the next fragments being read while these are multiplied. One barrier a slice.
//           An operand keeps its own order in shared memory: ldmatrix.trans turns what does not lie along k. Chunks of 16 bytes are XORed
//           with the row so that the eight rows of an 8 x 8 matrix lie in different banks, when they are written and when they are read.
//           Where an operand lies is the business of its loader: a struct with chunk(slot, &inside), the address of the 16 bytes that
//           this thread copies for its slot (zeros where outside), and next(), which goes one slice on.
// Numerics  float sums, k in rising order: an element depends on its row and column alone.
// Why so    a warp of 64 x 64 reads 4 KB of shared memory for 32 mma.sync: 64 bytes a clock at the rate of an A100, 80 at what mma.sync reaches
//           on Hopper, of the 128 there are. A warp of 64 x 32 would need 96 and 120.
#pragma once
#include "common.cuh"
#include "mma.cuh"

template <int BM_, int BN_, int WARP_M_, int WARP_N_, int STAGES_> struct TensorTile {
    static const int BM = BM_, BN = BN_, WARP_M = WARP_M_, WARP_N = WARP_N_, STAGES = STAGES_, BK = 32;
    static const int THREADS = BM / WARP_M * (BN / WARP_N) * WARP;
    static const int M16 = WARP_M / 16; // fragments of a warp
    static const int N8 = WARP_N / 8;
    static const int A_BYTES = BM * BK * 2;
    static const int STAGE_BYTES = A_BYTES + BN * BK * 2;
    static __device__ __forceinline__ int warp_row() { return threadIdx.x / WARP / (BN / WARP_N) * WARP_M; }
    static __device__ __forceinline__ int warp_column() { return threadIdx.x / WARP % (BN / WARP_N) * WARP_N; }
};

typedef TensorTile<256, 128, 64, 64, 4> Wide;  // 8 warps, one block a multiprocessor, 96 KB
typedef TensorTile<128, 128, 64, 64, 4> Large; // 4 warps, two blocks, 64 KB each
typedef TensorTile<64, 64, 32, 32, 4> Small;   // 4 warps, four blocks and more, 32 KB each

// Which chunks of an operand's slice, ROWS x 32, a thread copies: slot s lies ROW_STEP rows or K_STEP of k behind slot s - 1.
template <class T, int ROWS, bool ALONG_K> struct Chunks {
    static const int SLOTS = ROWS * T::BK / 8 / T::THREADS;
    static const int ROW_STEP = ALONG_K ? T::THREADS / (T::BK / 8) : 0;
    static const int K_STEP = ALONG_K ? 0 : T::THREADS / (ROWS / 8);
    static __device__ __forceinline__ int row() { return ALONG_K ? threadIdx.x / (T::BK / 8) : threadIdx.x % (ROWS / 8) * 8; }
    static __device__ __forceinline__ int k() { return ALONG_K ? threadIdx.x % (T::BK / 8) * 8 : threadIdx.x / (ROWS / 8); }

    // Offset in bytes of the chunk that holds (row, k .. k + 7) of a slice [ROWS][32] or, the other way, (k, row .. row + 7) of [32][ROWS].
    static __device__ __forceinline__ int place(int row, int k) {
        return ALONG_K ? row * 64 + (k / 8 ^ (row / 2 & 3)) * 16 : k * ROWS * 2 + (row / 8 ^ (k & 7)) * 16;
    }
};

// Loader of a matrix x [rows, pitch] with k along a row, or [k, pitch] with the rows along it. pitch is a multiple of 8 and what lies
// behind the last column is 0 or belongs to the matrix.
template <class T, int ROWS, bool ALONG_K> struct Matrix {
    typedef Chunks<T, ROWS, ALONG_K> C;
    const __nv_bfloat16* p;
    i64 slotStride, sliceStride; // in elements
    int rowsLeft, kLeft;         // from the first slot on

    __device__ __forceinline__ Matrix(const __nv_bfloat16* x, i64 pitch, i64 row0, i64 rows, i64 kFrom, i64 kTo) {
        i64 row = row0 + C::row();
        i64 k = kFrom + C::k();
        p = x + (ALONG_K ? row * pitch + k : k * pitch + row);
        slotStride = (ALONG_K ? C::ROW_STEP : C::K_STEP) * pitch;
        sliceStride = ALONG_K ? T::BK : T::BK * pitch;
        rowsLeft = (int) (rows - row < ROWS ? rows - row : ROWS);
        kLeft = (int) (kTo - k);
    }

    __device__ __forceinline__ const __nv_bfloat16* chunk(int slot, bool& inside) const {
        inside = slot * C::ROW_STEP < rowsLeft && slot * C::K_STEP < kLeft;
        return p + slot * slotStride;
    }

    __device__ __forceinline__ void next() {
        p += sliceStride;
        kLeft -= T::BK;
    }
};

// A copy of no bytes does not look at its address.
template <class C, class Loader>
__device__ __forceinline__ void copy_slice(unsigned shared, const Loader& from) {
#pragma unroll
    for (int slot = 0; slot < C::SLOTS; slot++) {
        bool inside;
        const void* address = from.chunk(slot, inside);
        copy_async(shared + C::place(C::row() + slot * C::ROW_STEP, C::k() + slot * C::K_STEP), address, inside ? 16 : 0);
    }
}

// The product of `slices` slices. shared: STAGES * STAGE_BYTES.
template <class T, bool A_ALONG_K, bool B_ALONG_K, class A, class B>
__device__ __forceinline__ void tensor_product(A a, B b, int slices, float (&sum)[T::M16][T::N8][4]) {
    extern __shared__ __align__(128) unsigned char tile_shared[];
    typedef Chunks<T, T::BM, A_ALONG_K> CA;
    typedef Chunks<T, T::BN, B_ALONG_K> CB;
    unsigned base = shared_address(tile_shared);
    int lane = threadIdx.x % WARP;
    int matrix = lane / 8;
#pragma unroll
    for (int i = 0; i < T::M16; i++) {
#pragma unroll
        for (int j = 0; j < T::N8; j++) {
#pragma unroll
            for (int e = 0; e < 4; e++) {
                sum[i][j][e] = 0.0f;
            }
        }
    }
    int loaded = 0;
    auto load = [&]() {
        if (loaded < slices) {
            unsigned stage = base + loaded % T::STAGES * T::STAGE_BYTES;
            copy_slice<CA>(stage, a);
            copy_slice<CB>(stage + T::A_BYTES, b);
            a.next();
            b.next();
        }
        loaded++;
        commit_copies(); // an empty group at the end keeps the count
    };
    unsigned x[2][T::M16][4];
    unsigned y[2][T::N8 / 2][4];
    auto fragments = [&](unsigned stage, int k16, int buffer) {
#pragma unroll
        for (int i = 0; i < T::M16; i++) {
            int row = T::warp_row() + i * 16 + matrix % 2 * 8;
            int k = k16 + matrix / 2 * 8;
            if (A_ALONG_K) {
                load_matrices(x[buffer][i], stage + CA::place(row + lane % 8, k));
            } else {
                load_matrices_transposed(x[buffer][i], stage + CA::place(row, k + lane % 8));
            }
        }
#pragma unroll
        for (int j = 0; j < T::N8 / 2; j++) {
            int column = T::warp_column() + j * 16 + matrix / 2 * 8;
            int k = k16 + matrix % 2 * 8;
            if (B_ALONG_K) {
                load_matrices(y[buffer][j], stage + T::A_BYTES + CB::place(column + lane % 8, k));
            } else {
                load_matrices_transposed(y[buffer][j], stage + T::A_BYTES + CB::place(column, k + lane % 8));
            }
        }
    };
    auto multiply_all = [&](int buffer) {
#pragma unroll
        for (int i = 0; i < T::M16; i++) {
#pragma unroll
            for (int j = 0; j < T::N8; j++) {
                multiply(sum[i][j], x[buffer][i], y[buffer][j / 2][j % 2 * 2], y[buffer][j / 2][j % 2 * 2 + 1]);
            }
        }
    };
#pragma unroll
    for (int stage = 0; stage < T::STAGES - 1; stage++) {
        load();
    }
    wait_copies<T::STAGES - 2>();
    __syncthreads();
    fragments(base, 0, 0);
    for (int slice = 0; slice < slices; slice++) {
        fragments(base + slice % T::STAGES * T::STAGE_BYTES, 16, 1);
        load(); // into the buffer that all were done with at the last barrier
        multiply_all(0);
        if (slice + 1 < slices) {
            wait_copies<T::STAGES - 2>();
            __syncthreads(); // the next slice has arrived for all, and nobody reads this one any more
            fragments(base + (slice + 1) % T::STAGES * T::STAGE_BYTES, 0, 0);
        }
        multiply_all(1);
    }
}

// Calls store(row in the tile, column in the tile, four values) for all that this warp holds. Sixteen rows at a time go through shared memory,
// so that WARP_N / 4 neighbouring lanes get neighbouring fours of a row: whole lines are written, and the code of `store` is there once,
// not once for every fragment. Rows are padded by 8 floats: no two lanes that write or read together meet in a bank.
template <class T, class Store>
__device__ __forceinline__ void tensor_store(const float (&sum)[T::M16][T::N8][4], Store store) {
    extern __shared__ __align__(128) unsigned char tile_shared[];
    const int PITCH = T::WARP_N + 8;
    const int FOURS = T::WARP_N / 4; // of a row
    float* own = (float*) tile_shared + threadIdx.x / WARP * 16 * PITCH;
    int lane = threadIdx.x % WARP;
    __syncthreads(); // the slices are done with
#pragma unroll 1
    for (int i = 0; i < T::M16; i++) {
#pragma unroll
        for (int fragment = 0; fragment < T::M16; fragment++) { // registers have no run-time index
            if (fragment == i) {
#pragma unroll
                for (int j = 0; j < T::N8; j++) {
                    float2* at = (float2*) (own + lane / 4 * PITCH + j * 8 + lane % 4 * 2);
                    at[0] = make_float2(sum[fragment][j][0], sum[fragment][j][1]);
                    at[8 * PITCH / 2] = make_float2(sum[fragment][j][2], sum[fragment][j][3]);
                }
            }
        }
        __syncwarp();
#pragma unroll 1
        for (int e = lane; e < 16 * FOURS; e += WARP) {
            int row = e / FOURS;
            int column = e % FOURS * 4;
            store(T::warp_row() + i * 16 + row, T::warp_column() + column, *(const float4*) (own + row * PITCH + column));
        }
        __syncwarp();
    }
}

struct TilePlace {
    i64 row, column; // of the tile
};

// Which tile of rows x columns tiles block number `block` computes: eight rows of tiles at a time, so that blocks that run together read a
// nearly square part of both operands, which then comes from L2.
__device__ __forceinline__ TilePlace grouped_tile(i64 block, i64 rowTiles, i64 columnTiles) {
    const int GROUP = 8;
    i64 first = block / (GROUP * columnTiles) * GROUP;
    i64 rows = rowTiles - first < GROUP ? rowTiles - first : GROUP;
    i64 within = block - first * columnTiles;
    return TilePlace{first + within % rows, within / rows};
}
