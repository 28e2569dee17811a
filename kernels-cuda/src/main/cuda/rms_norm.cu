// RMSNorm and its gradients (Zhang and Sennrich, 2019).
//
// What      out = w * x * r with r = 1 / sqrt(mean(x^2) + eps);
//           dX += r (w dOut - x r^2 mean(w dOut x)); dW += sum over rows of dOut x r.
// Layout    x, out, dOut, dX [rows, dim], all float or all bf16; weight [dim], float or bf16; dW [dim], inverseRms [rows] float. One block a row: a row
//           knows nothing of its neighbours. Four elements an access, 16 bytes (8 of bf16), where rows are aligned and made of whole fours.
// Numerics  float; sums of four neighbours first, then by a fixed tree over threads and warps; bf16 results are rounded once.
// Roofline  memory: forward 8 bytes an element, backward 16 for dX and 8 for dW; half of it in bf16. The row is read twice, the second time
//           from L1. The emulator counts these; not run on a GPU.
#include "column_sum.cuh"
#include "vectors.cuh"

__device__ __forceinline__ float sum_of(float4 x) { return (x.x + x.y) + (x.z + x.w); }

__device__ __forceinline__ float4 scaled(float4 x, float factor) { return make_float4(x.x * factor, x.y * factor, x.z * factor, x.w * factor); }

extern "C" __global__ void forward(float eps, const void* x, int bf16, const void* weight, int weightBf16, void* out, float* inverseRms, i64 dim) {
    __shared__ float shared[WARP + 1];
    i64 row = blockIdx.x * dim;
    bool whole = dim % 4 == 0 && aligned(x) && aligned(weight) && aligned(out);
    float squares = 0.0f;
    for (i64 c = 4 * threadIdx.x; c < dim; c += 4 * blockDim.x) {
        float4 four = load_up_to_four(x, bf16, row + c, dim - c, whole);
        squares += sum_of(multiply(four, four));
    }
    squares = block_sum(squares, shared);
    float r = 1.0f / sqrtf(squares / (float) dim + eps);
    for (i64 c = 4 * threadIdx.x; c < dim; c += 4 * blockDim.x) {
        float4 four = scaled(load_up_to_four(x, bf16, row + c, dim - c, whole), r);
        store_up_to_four(out, bf16, row + c, dim - c, whole, multiply(four, load_up_to_four(weight, weightBf16, c, dim - c, whole)));
    }
    if (threadIdx.x == 0 && inverseRms != nullptr) {
        inverseRms[blockIdx.x] = r;
    }
}

extern "C" __global__ void backward_x(const void* x, int bf16, const void* weight, int weightBf16, const float* inverseRms, const void* dOut, void* dX,
        i64 dim) {
    __shared__ float shared[WARP + 1];
    i64 row = blockIdx.x * dim;
    bool whole = dim % 4 == 0 && aligned(x) && aligned(weight) && aligned(dOut) && aligned(dX);
    float product = 0.0f;
    for (i64 c = 4 * threadIdx.x; c < dim; c += 4 * blockDim.x) {
        float4 g = multiply(load_up_to_four(dOut, bf16, row + c, dim - c, whole), load_up_to_four(weight, weightBf16, c, dim - c, whole));
        product += sum_of(multiply(g, load_up_to_four(x, bf16, row + c, dim - c, whole)));
    }
    product = block_sum(product, shared);
    float r = inverseRms[blockIdx.x];
    float pull = r * r * product / (float) dim;
    for (i64 c = 4 * threadIdx.x; c < dim; c += 4 * blockDim.x) {
        float4 g = multiply(load_up_to_four(dOut, bf16, row + c, dim - c, whole), load_up_to_four(weight, weightBf16, c, dim - c, whole));
        float4 four = scaled(add(g, scaled(load_up_to_four(x, bf16, row + c, dim - c, whole), -pull)), r);
        store_up_to_four(dX, bf16, row + c, dim - c, whole, add(load_up_to_four(dX, bf16, row + c, dim - c, whole), four));
    }
}

// partial [parts, 2, dim]
extern "C" __global__ void backward_weight(const void* x, int bf16, const float* inverseRms, const void* dOut, i64 rows, i64 dim, i64 rowsPerPart,
        float* partial) {
    column_partials([=](i64 row, i64 c) {
        return make_float2(load_one(dOut, bf16, row * dim + c) * load_one(x, bf16, row * dim + c) * inverseRms[row], 0.0f);
    }, partial, rows, dim, rowsPerPart);
}
