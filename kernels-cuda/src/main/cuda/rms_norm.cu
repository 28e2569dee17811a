// RMSNorm and its gradients (Zhang and Sennrich, 2019).
//
// What      out = w * x * r with r = 1 / sqrt(mean(x^2) + eps);
//           dX += r (w dOut - x r^2 mean(w dOut x)); dW += sum over rows of dOut x r.
// Layout    x, out, dOut, dX [rows, dim]; weight, dW [dim]; inverseRms [rows]. One block a row: a row knows nothing of its neighbours.
// Numerics  float; sums by a fixed tree over warps.
// Roofline  memory: forward 8 bytes an element, backward 16. The row is read twice, the second time from L1.
#include "column_sum.cuh"

template <typename T>
__device__ void forward(float eps, const float* x, const T* weight, float* out, float* inverseRms, i64 dim) {
    __shared__ float shared[WARP + 1];
    const float* row = x + blockIdx.x * dim;
    float squares = 0.0f;
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        squares += row[c] * row[c];
    }
    squares = block_sum(squares, shared);
    float r = 1.0f / sqrtf(squares / (float) dim + eps);
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        out[blockIdx.x * dim + c] = row[c] * r * to_float(weight[c]);
    }
    if (threadIdx.x == 0 && inverseRms != nullptr) {
        inverseRms[blockIdx.x] = r;
    }
}

extern "C" __global__ void forward_f32(float eps, const float* x, const float* weight, float* out, float* inverseRms, i64 dim) {
    forward(eps, x, weight, out, inverseRms, dim);
}

extern "C" __global__ void forward_bf16(float eps, const float* x, const __nv_bfloat16* weight, float* out, float* inverseRms, i64 dim) {
    forward(eps, x, weight, out, inverseRms, dim);
}

extern "C" __global__ void backward_x(const float* x, const float* weight, const float* inverseRms, const float* dOut, float* dX, i64 dim) {
    __shared__ float shared[WARP + 1];
    const float* row = x + blockIdx.x * dim;
    const float* g = dOut + blockIdx.x * dim;
    float product = 0.0f;
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        product += g[c] * weight[c] * row[c];
    }
    product = block_sum(product, shared);
    float r = inverseRms[blockIdx.x];
    float pull = r * r * product / (float) dim;
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        dX[blockIdx.x * dim + c] += r * (g[c] * weight[c] - row[c] * pull);
    }
}

// partial [parts, 2, dim]
extern "C" __global__ void backward_weight(const float* x, const float* inverseRms, const float* dOut, i64 rows, i64 dim, i64 rowsPerPart, float* partial) {
    column_partials([=](i64 row, i64 c) { return make_float2(dOut[row * dim + c] * x[row * dim + c] * inverseRms[row], 0.0f); },
            partial, rows, dim, rowsPerPart);
}
