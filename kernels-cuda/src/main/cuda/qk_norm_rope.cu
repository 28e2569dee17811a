// LayerNorm of every head, then the rotary embedding of its position, and the gradients (Chameleon's QK-norm; Su et al., 2021).
//
// What      n = (x - mean) s; y = w n + b; out = rotate(y, position): halves (i, i + d/2) turn by position * theta^(-2i/d).
//           g' = rotate(dOut, -position); dW += sum of g' n; dB += sum of g'; g = w g'; dX += s (g - mean(g) - n mean(g n)).
// Layout    x, out, dOut, dX [rows, heads, headDim], all float or all bf16; weight, bias, dW, dB [groups, headDim], head h uses row h / (heads / groups);
//           positions [rows]; frequencies [headDim / 2] float64, made by the host; statistics [rows, heads, 2]. One warp a head.
// Numerics  angles in float64 as parts of a turn, brought to half a turn either way, so that position 100,000 is as exact as position 1.
// Roofline  memory: forward 8 bytes an element, backward 20.
#include "column_sum.cuh"
#include "vectors.cuh"

#define TWO_PI 6.283185307179586

__device__ __forceinline__ float2 turn(int position, double frequency) {
    double turns = position * frequency * (1.0 / TWO_PI);
    turns -= rint(turns);
    float2 out; // sin, cos
    sincospif((float) (2.0 * turns), &out.x, &out.y); // needs no range reduction of its own
    return out;
}

// Mean and s of this warp's head, in every lane.
__device__ __forceinline__ float2 statistics_of(const void* x, bool bf16, i64 head, int dim, float eps, int lane) {
    float sum = 0.0f;
    for (int c = lane; c < dim; c += WARP) {
        sum += load_one(x, bf16, head + c);
    }
    float mean = warp_sum(sum) / (float) dim;
    float squares = 0.0f;
    for (int c = lane; c < dim; c += WARP) {
        float difference = load_one(x, bf16, head + c) - mean;
        squares += difference * difference;
    }
    return make_float2(mean, 1.0f / sqrtf(warp_sum(squares) / (float) dim + eps));
}

__device__ __forceinline__ int position_of(const int* positions, i64 row, int lane, int* fault, int site) {
    int position = positions[row];
    if (position < 0 && lane == 0) {
        report(fault, site, position);
    }
    return position;
}

template <typename W, typename B>
__device__ void forward(float eps, const void* x, bool bf16, const W* weight, const B* bias, const int* positions, const double* frequencies, void* out,
        i64 rows, int heads, int dim, int groups, int* fault, int site) {
    int lane = threadIdx.x % WARP;
    i64 index = (i64) blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP; // row * heads + head
    if (index >= rows * heads) {
        return;
    }
    i64 head = index * dim;
    int affine = (int) (index % heads) / (heads / groups) * dim;
    float2 stat = statistics_of(x, bf16, head, dim, eps, lane);
    int position = position_of(positions, index / heads, lane, fault, site);
    int half = dim / 2;
    for (int i = lane; i < half; i += WARP) {
        float low = (load_one(x, bf16, head + i) - stat.x) * stat.y * to_float(weight[affine + i]) + to_float(bias[affine + i]);
        float high = (load_one(x, bf16, head + i + half) - stat.x) * stat.y * to_float(weight[affine + i + half]) + to_float(bias[affine + i + half]);
        float2 t = turn(position, frequencies[i]);
        store_one(out, bf16, head + i, low * t.y - high * t.x);
        store_one(out, bf16, head + i + half, high * t.y + low * t.x);
    }
}

#define FORWARD(name, W, B) \
    extern "C" __global__ void name(float eps, const void* x, int bf16, const W* weight, const B* bias, const int* positions, \
            const double* frequencies, void* out, i64 rows, int heads, int dim, int groups, int* fault, int site) { \
        forward(eps, x, bf16 != 0, weight, bias, positions, frequencies, out, rows, heads, dim, groups, fault, site); \
    }
FORWARD(forward_f32_f32, float, float)
FORWARD(forward_f32_bf16, float, __nv_bfloat16)
FORWARD(forward_bf16_f32, __nv_bfloat16, float)
FORWARD(forward_bf16_bf16, __nv_bfloat16, __nv_bfloat16)

// turned [rows, heads, headDim]: dOut turned back; statistics [rows, heads, 2]; dX may be null
extern "C" __global__ void backward_x(float eps, const void* x, int bf16, const void* weight, int weightBf16, const int* positions,
        const double* frequencies, const void* dOut, void* dX, float* turned, float2* statistics, i64 rows, int heads, int dim, int groups, int* fault, int site) {
    int lane = threadIdx.x % WARP;
    i64 index = (i64) blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    if (index >= rows * heads) {
        return;
    }
    i64 head = index * dim;
    int affine = (int) (index % heads) / (heads / groups) * dim;
    float2 stat = statistics_of(x, bf16 != 0, head, dim, eps, lane);
    if (lane == 0) {
        statistics[index] = stat;
    }
    int position = position_of(positions, index / heads, lane, fault, site);
    int half = dim / 2;
    float sum = 0.0f;
    float product = 0.0f;
    for (int i = lane; i < half; i += WARP) {
        float2 t = turn(position, frequencies[i]);
        float low = load_one(dOut, bf16 != 0, head + i);
        float high = load_one(dOut, bf16 != 0, head + i + half);
        float dLow = low * t.y + high * t.x;
        float dHigh = high * t.y - low * t.x;
        turned[head + i] = dLow;
        turned[head + i + half] = dHigh;
        float gLow = dLow * load_one(weight, weightBf16 != 0, affine + i);
        float gHigh = dHigh * load_one(weight, weightBf16 != 0, affine + i + half);
        sum += gLow + gHigh;
        product += gLow * (load_one(x, bf16 != 0, head + i) - stat.x) * stat.y + gHigh * (load_one(x, bf16 != 0, head + i + half) - stat.x) * stat.y;
    }
    float meanG = warp_sum(sum) / (float) dim;
    float meanGn = warp_sum(product) / (float) dim;
    if (dX != nullptr) {
        for (int i = lane; i < half; i += WARP) { // the lane that wrote turned[i] reads it
#pragma unroll
            for (int side = 0; side < 2; side++) {
                int c = i + side * half;
                float normed = (load_one(x, bf16 != 0, head + c) - stat.x) * stat.y;
                float g = turned[head + c] * load_one(weight, weightBf16 != 0, affine + c);
                store_one(dX, bf16 != 0, head + c, load_one(dX, bf16 != 0, head + c) + stat.y * (g - meanG - normed * meanGn));
            }
        }
    }
}

// Sums over rows and over the heads of a group; columns = groups * headDim, sum rows = rows * (heads / groups). partial [parts, 2, columns]
extern "C" __global__ void backward_weight(const void* x, int bf16, const float2* statistics, const float* turned, i64 sumRows, int heads, int dim,
        int groups, i64 rowsPerPart, float* partial) {
    int perGroup = heads / groups;
    column_partials([=](i64 sumRow, i64 column) {
        i64 index = sumRow / perGroup * heads + column / dim * perGroup + sumRow % perGroup;
        i64 at = index * dim + column % dim;
        float2 stat = statistics[index];
        return make_float2(turned[at] * (load_one(x, bf16 != 0, at) - stat.x) * stat.y, turned[at]);
    }, partial, sumRows, (i64) groups * dim, rowsPerPart);
}
