// LayerNorm and its gradients (Ba et al., 2016).
//
// What      n = (x - mean) s with s = 1 / sqrt(variance + eps); out = w n + b;
//           g = w dOut; dX += s (g - mean(g) - n mean(g n)); dW += sum of dOut n; dB += sum of dOut.
// Layout    x, out, dOut, dX [rows, dim]; weight, bias, dW, dB [dim]; statistics [rows, 2]: mean and s, made again for the backward
//           pass because the forward pass keeps none. One block a row.
// Numerics  float; the variance from the differences to the mean, in a second pass over the row.
// Roofline  memory: forward 8 bytes an element, backward 20.
#include "column_sum.cuh"

// Mean and s of this block's row, in every thread.
__device__ float2 statistics_of(const float* row, i64 dim, float eps, float* shared) {
    float sum = 0.0f;
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        sum += row[c];
    }
    float mean = block_sum(sum, shared) / (float) dim;
    float squares = 0.0f;
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        squares += (row[c] - mean) * (row[c] - mean);
    }
    return make_float2(mean, 1.0f / sqrtf(block_sum(squares, shared) / (float) dim + eps));
}

template <typename W, typename B>
__device__ void forward(float eps, const float* x, const W* weight, const B* bias, float* out, i64 dim) {
    __shared__ float shared[WARP + 1];
    const float* row = x + blockIdx.x * dim;
    float2 stat = statistics_of(row, dim, eps, shared);
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        out[blockIdx.x * dim + c] = (row[c] - stat.x) * stat.y * to_float(weight[c]) + to_float(bias[c]);
    }
}

#define FORWARD(name, W, B) \
    extern "C" __global__ void name(float eps, const float* x, const W* weight, const B* bias, float* out, i64 dim) { \
        forward(eps, x, weight, bias, out, dim); \
    }
FORWARD(forward_f32_f32, float, float)
FORWARD(forward_f32_bf16, float, __nv_bfloat16)
FORWARD(forward_bf16_f32, __nv_bfloat16, float)
FORWARD(forward_bf16_bf16, __nv_bfloat16, __nv_bfloat16)

// statistics [rows, 2]
extern "C" __global__ void statistics(float eps, const float* x, float2* statistics, i64 dim) {
    __shared__ float shared[WARP + 1];
    float2 stat = statistics_of(x + blockIdx.x * dim, dim, eps, shared);
    if (threadIdx.x == 0) {
        statistics[blockIdx.x] = stat;
    }
}

extern "C" __global__ void backward_x(const float* x, const float* weight, const float2* statistics, const float* dOut, float* dX, i64 dim) {
    __shared__ float shared[WARP + 1];
    const float* row = x + blockIdx.x * dim;
    const float* dRow = dOut + blockIdx.x * dim;
    float2 stat = statistics[blockIdx.x];
    float sum = 0.0f;
    float product = 0.0f;
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        float g = dRow[c] * weight[c];
        sum += g;
        product += g * (row[c] - stat.x) * stat.y;
    }
    float meanG = block_sum(sum, shared) / (float) dim;
    float meanGn = block_sum(product, shared) / (float) dim;
    for (i64 c = threadIdx.x; c < dim; c += blockDim.x) {
        float n = (row[c] - stat.x) * stat.y;
        dX[blockIdx.x * dim + c] += stat.y * (dRow[c] * weight[c] - meanG - n * meanGn);
    }
}

// partial [parts, 2, dim]: weight and bias
extern "C" __global__ void backward_weight(const float* x, const float2* statistics, const float* dOut, i64 rows, i64 dim, i64 rowsPerPart,
        float* partial) {
    column_partials([=](i64 row, i64 c) {
        float2 stat = statistics[row];
        float g = dOut[row * dim + c];
        return make_float2(g * (x[row * dim + c] - stat.x) * stat.y, g);
    }, partial, rows, dim, rowsPerPart);
}
