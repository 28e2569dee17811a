// Matrix products on the tensor cores, bf16 operands and float sums, in all transpose orders, with the epilogue of matmul.cu.
//
// What      out = residual + multiplier * act(a b + bias), or out += a b.
// Layout    a [m, k] or [k, m], b [k, n] or [n, k], bf16 with rows of aPitch and bPitch elements, multiples of 8 (16 bytes), whose padding is 0;
//           out and the epilogue's operands float or bf16. `pack` makes such an operand from float or bf16. Split products leave float parts
//           [splits, m, n].
// How       the tile of tensor_tile.cuh in three sizes, which TensorTiling chooses by the shape and the number of multiprocessors; a long
//           sum of few tiles is split over blocks and joined in order by matmul.cu's join. Grid (tiles, splits), tiles in groups.
// Numerics  operands rounded to bf16 once, sums in float; k in rising order.
// Roofline  tensor cores. Of the 2,048 multiply-adds a clock of a Hopper multiprocessor mma.sync gets about 60 %, 1,270. A slice of a wide
//           tile is 1,048,576 of them, 826 clocks, for 24 KB from L2 (30 bytes a clock), 64 KB from shared memory (80 of 128 bytes a clock)
//           and 64 x 8 mma, 16 x 8 ldmatrix and 6 x 8 cp.async a warp's turn: nothing but the tensor cores is full. A square tile of 128
//           needs 40 bytes a clock from L2, more than a Hopper's L2 gives all multiprocessors at once, hence the wide one.
//           Estimates from counting; not run on a GPU.
#include "epilogue.cuh"
#include "tensor_tile.cuh"

template <class T, bool TA, bool TB>
__device__ __forceinline__ void product(const __nv_bfloat16* a, i64 aPitch, const __nv_bfloat16* b, i64 bPitch, void* out, i64 m, i64 n, i64 k,
        i64 kPerSplit, const Epilogue& epilogue) {
    TilePlace tile = grouped_tile(blockIdx.x, (m + T::BM - 1) / T::BM, (n + T::BN - 1) / T::BN);
    i64 m0 = tile.row * T::BM;
    i64 n0 = tile.column * T::BN;
    i64 kFrom = blockIdx.y * kPerSplit;
    i64 kTo = kFrom + kPerSplit < k ? kFrom + kPerSplit : k;
    float sum[T::M16][T::N8][4];
    tensor_product<T, !TA, TB>(Matrix<T, T::BM, !TA>(a, aPitch, m0, m, kFrom, kTo), Matrix<T, T::BN, TB>(b, bPitch, n0, n, kFrom, kTo),
            (int) ((kTo - kFrom + T::BK - 1) / T::BK), sum);
    bool split = gridDim.y > 1;
    void* target = split ? (float*) out + (i64) blockIdx.y * m * n : out;
    bool fours = split ? n % 4 == 0 : in_fours(out, n, epilogue);
    tensor_store<T>(sum, [&](int row, int column, float4 y) {
        if (m0 + row < m && n0 + column < n) {
            write_four(y, target, (m0 + row) * n + n0 + column, n0 + column, n, split, fours, epilogue);
        }
    });
}

#define PRODUCT(name, T, BLOCKS, TA, TB) \
    extern "C" __global__ void __launch_bounds__(T::THREADS, BLOCKS) name(const __nv_bfloat16* a, i64 aPitch, const __nv_bfloat16* b, i64 bPitch, \
            void* out, i64 m, i64 n, i64 k, i64 kPerSplit, EPILOGUE_ARGUMENTS) { \
        product<T, TA, TB>(a, aPitch, b, bPitch, out, m, n, k, kPerSplit, EPILOGUE); \
    }
PRODUCT(wide_nn, Wide, 1, false, false)
PRODUCT(wide_nt, Wide, 1, false, true)
PRODUCT(wide_tn, Wide, 1, true, false)
PRODUCT(large_nn, Large, 2, false, false)
PRODUCT(large_nt, Large, 2, false, true)
PRODUCT(large_tn, Large, 2, true, false)
PRODUCT(small_nn, Small, 4, false, false)
PRODUCT(small_nt, Small, 4, false, true)
PRODUCT(small_tn, Small, 4, true, false)
PRODUCT(small_tt, Small, 4, true, true)

// packed [rows, pitch] of bf16 from x [rows, columns]; the padding becomes 0. One thread eight elements, 16 bytes of the result.
template <typename T> __device__ __forceinline__ void pack(const T* x, i64 rows, i64 columns, i64 pitch, uint4* packed) {
    i64 chunk = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (chunk >= rows * pitch / 8) {
        return;
    }
    i64 row = chunk / (pitch / 8);
    i64 column = chunk % (pitch / 8) * 8;
    const T* from = x + row * columns + column;
    bool narrow = sizeof(T) == 2;
    if (columns % 8 == 0 && aligned(x)) {
        uint2 low = narrow_four(load_four(from, narrow, 0));
        uint2 high = narrow_four(load_four(from, narrow, 4));
        packed[chunk] = make_uint4(low.x, low.y, high.x, high.y);
        return;
    }
    unsigned pairs[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        float low = column + 2 * i < columns ? to_float(from[2 * i]) : 0.0f;
        float high = column + 2 * i + 1 < columns ? to_float(from[2 * i + 1]) : 0.0f;
        pairs[i] = narrow_pair(low, high);
    }
    packed[chunk] = make_uint4(pairs[0], pairs[1], pairs[2], pairs[3]);
}

extern "C" __global__ void pack_f32(const float* x, i64 rows, i64 columns, i64 pitch, uint4* packed) { pack(x, rows, columns, pitch, packed); }

extern "C" __global__ void pack_bf16(const __nv_bfloat16* x, i64 rows, i64 columns, i64 pitch, uint4* packed) {
    pack(x, rows, columns, pitch, packed);
}
