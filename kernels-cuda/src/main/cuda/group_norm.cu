// GroupNorm of channels-last pictures with the activation that follows, and its gradients (Wu and He, 2018).
//
// What      n = (x - mean) s over each group of each picture; out = act(w n + b);
//           a = dOut act'(w n + b); g = w a; dX += s (g - mean(g) - n mean(g n)); dW += sum of a n; dB += sum of a.
// Layout    x, out, dOut, dX [batch, pixels, channels]; weight, bias, dW, dB [channels]; mean, inverseStd [batch, groups];
//           means [batch, groups, 2]. Statistics: one block a group; the rest: one thread an element.
// Numerics  float; the variance from differences to the mean.
// Roofline  memory: x is read three times (mean, variance, result), twice from L2 for pictures of the tokenizer's size.
#include "column_sum.cuh"

// Walks the elements of one group of one picture: visit(offset).
template <typename Visit>
__device__ __forceinline__ void over_group(i64 pixels, int channels, int groups, Visit visit) {
    int width = channels / groups;
    i64 base = (i64) (blockIdx.x / groups) * pixels * channels + (blockIdx.x % groups) * width;
    for (i64 i = threadIdx.x; i < pixels * width; i += blockDim.x) {
        visit(base + i / width * channels + i % width, (int) (blockIdx.x % groups * width + i % width));
    }
}

// grid: batch * groups
extern "C" __global__ void statistics(float eps, const float* x, i64 pixels, int channels, int groups, float* mean, float* inverseStd) {
    __shared__ float shared[WARP + 1];
    float count = (float) (pixels * (channels / groups));
    float sum = 0.0f;
    over_group(pixels, channels, groups, [&](i64 at, int) { sum += x[at]; });
    float m = block_sum(sum, shared) / count;
    float squares = 0.0f;
    over_group(pixels, channels, groups, [&](i64 at, int) { squares += (x[at] - m) * (x[at] - m); });
    float s = 1.0f / sqrtf(block_sum(squares, shared) / count + eps);
    if (threadIdx.x == 0) {
        mean[blockIdx.x] = m;
        inverseStd[blockIdx.x] = s;
    }
}

template <typename W, typename B>
__device__ void forward(int activation, const float* x, const W* weight, const B* bias, const float* mean, const float* inverseStd, float* out,
        i64 n, i64 pixels, int channels, int groups) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        int c = (int) (i % channels);
        i64 group = i / channels / pixels * groups + c / (channels / groups);
        float y = (x[i] - mean[group]) * inverseStd[group] * to_float(weight[c]) + to_float(bias[c]);
        out[i] = activation ? silu(y) : y;
    }
}

#define FORWARD(name, W, B) \
    extern "C" __global__ void name(int activation, const float* x, const W* weight, const B* bias, const float* mean, const float* inverseStd, \
            float* out, i64 n, i64 pixels, int channels, int groups) { \
        forward(activation, x, weight, bias, mean, inverseStd, out, n, pixels, channels, groups); \
    }
FORWARD(forward_f32_f32, float, float)
FORWARD(forward_f32_bf16, float, __nv_bfloat16)
FORWARD(forward_bf16_f32, __nv_bfloat16, float)
FORWARD(forward_bf16_bf16, __nv_bfloat16, __nv_bfloat16)

// n of an element, and dOut times the slope of the activation there.
__device__ __forceinline__ float2 through_activation(int activation, float x, float dOut, float weight, float bias, float mean, float s) {
    float n = (x - mean) * s;
    return make_float2(n, activation ? dOut * silu_slope(n * weight + bias) : dOut);
}

// grid: batch * groups; means [batch, groups, 2]: of g and of g n
extern "C" __global__ void backward_means(int activation, const float* x, const float* weight, const float* bias, const float* mean,
        const float* inverseStd, const float* dOut, i64 pixels, int channels, int groups, float2* means) {
    __shared__ float shared[WARP + 1];
    float count = (float) (pixels * (channels / groups));
    float m = mean[blockIdx.x];
    float s = inverseStd[blockIdx.x];
    float sum = 0.0f;
    float product = 0.0f;
    over_group(pixels, channels, groups, [&](i64 at, int c) {
        float2 a = through_activation(activation, x[at], dOut[at], weight[c], bias[c], m, s);
        sum += a.y * weight[c];
        product += a.y * weight[c] * a.x;
    });
    float meanG = block_sum(sum, shared) / count;
    float meanGn = block_sum(product, shared) / count;
    if (threadIdx.x == 0) {
        means[blockIdx.x] = make_float2(meanG, meanGn);
    }
}

extern "C" __global__ void backward_x(int activation, const float* x, const float* weight, const float* bias, const float* mean,
        const float* inverseStd, const float2* means, const float* dOut, float* dX, i64 n, i64 pixels, int channels, int groups) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        int c = (int) (i % channels);
        i64 group = i / channels / pixels * groups + c / (channels / groups);
        float s = inverseStd[group];
        float2 a = through_activation(activation, x[i], dOut[i], weight[c], bias[c], mean[group], s);
        dX[i] += s * (a.y * weight[c] - means[group].x - a.x * means[group].y);
    }
}

// partial [parts, 2, channels]; rows = batch * pixels
extern "C" __global__ void backward_weight(int activation, const float* x, const float* weight, const float* bias, const float* mean,
        const float* inverseStd, const float* dOut, i64 rows, i64 pixels, int channels, int groups, i64 rowsPerPart, float* partial) {
    column_partials([=](i64 row, i64 c) {
        i64 group = row / pixels * groups + c / (channels / groups);
        float2 a = through_activation(activation, x[row * channels + c], dOut[row * channels + c], weight[c], bias[c], mean[group], inverseStd[group]);
        return make_float2(a.y * a.x, a.y);
    }, partial, rows, channels, rowsPerPart);
}
