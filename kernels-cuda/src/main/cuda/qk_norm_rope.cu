// LayerNorm of every head, then the rotary embedding of its position, and the gradients (Chameleon's QK-norm; Su et al., 2021).
//
// What      n = (x - mean) s; y = w n + b; out = rotate(y, position): halves (i, i + d/2) turn by position * theta^(-2i/d).
//           g' = rotate(dOut, -position); dW += sum of g' n; dB += sum of g'; g = w g'; dX += s (g - mean(g) - n mean(g n)).
// Layout    x, out, dOut, dX [rows, heads, headDim]; weight, bias, dW, dB [groups, headDim], head h uses row h / (heads / groups);
//           positions [rows]; frequencies [headDim / 2] float64, made by the host; statistics [rows, heads, 2]. One warp a head.
// Numerics  angles in float64 as parts of a turn, brought to half a turn either way, so that position 100,000 is as exact as position 1.
// Roofline  memory: forward 8 bytes an element, backward 20.
#include "column_sum.cuh"

#define TWO_PI 6.283185307179586

__device__ __forceinline__ float2 turn(int position, double frequency) {
    double turns = position * frequency * (1.0 / TWO_PI);
    turns -= rint(turns);
    float2 out; // sin, cos
    sincospif((float) (2.0 * turns), &out.x, &out.y); // needs no range reduction of its own
    return out;
}

// Mean and s of this warp's head, in every lane.
__device__ __forceinline__ float2 statistics_of(const float* head, int dim, float eps, int lane) {
    float sum = 0.0f;
    for (int c = lane; c < dim; c += WARP) {
        sum += head[c];
    }
    float mean = warp_sum(sum) / (float) dim;
    float squares = 0.0f;
    for (int c = lane; c < dim; c += WARP) {
        squares += (head[c] - mean) * (head[c] - mean);
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
__device__ void forward(float eps, const float* x, const W* weight, const B* bias, const int* positions, const double* frequencies, float* out,
        i64 rows, int heads, int dim, int groups, int* fault, int site) {
    int lane = threadIdx.x % WARP;
    i64 index = (i64) blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP; // row * heads + head
    if (index >= rows * heads) {
        return;
    }
    const float* head = x + index * dim;
    int affine = (int) (index % heads) / (heads / groups) * dim;
    float2 stat = statistics_of(head, dim, eps, lane);
    int position = position_of(positions, index / heads, lane, fault, site);
    int half = dim / 2;
    for (int i = lane; i < half; i += WARP) {
        float low = (head[i] - stat.x) * stat.y * to_float(weight[affine + i]) + to_float(bias[affine + i]);
        float high = (head[i + half] - stat.x) * stat.y * to_float(weight[affine + i + half]) + to_float(bias[affine + i + half]);
        float2 t = turn(position, frequencies[i]);
        out[index * dim + i] = low * t.y - high * t.x;
        out[index * dim + i + half] = high * t.y + low * t.x;
    }
}

#define FORWARD(name, W, B) \
    extern "C" __global__ void name(float eps, const float* x, const W* weight, const B* bias, const int* positions, const double* frequencies, \
            float* out, i64 rows, int heads, int dim, int groups, int* fault, int site) { \
        forward(eps, x, weight, bias, positions, frequencies, out, rows, heads, dim, groups, fault, site); \
    }
FORWARD(forward_f32_f32, float, float)
FORWARD(forward_f32_bf16, float, __nv_bfloat16)
FORWARD(forward_bf16_f32, __nv_bfloat16, float)
FORWARD(forward_bf16_bf16, __nv_bfloat16, __nv_bfloat16)

// turned [rows, heads, headDim]: dOut turned back; statistics [rows, heads, 2]; dX may be null
extern "C" __global__ void backward_x(float eps, const float* x, const float* weight, const int* positions, const double* frequencies,
        const float* dOut, float* dX, float* turned, float2* statistics, i64 rows, int heads, int dim, int groups, int* fault, int site) {
    int lane = threadIdx.x % WARP;
    i64 index = (i64) blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
    if (index >= rows * heads) {
        return;
    }
    const float* head = x + index * dim;
    int affine = (int) (index % heads) / (heads / groups) * dim;
    float2 stat = statistics_of(head, dim, eps, lane);
    if (lane == 0) {
        statistics[index] = stat;
    }
    int position = position_of(positions, index / heads, lane, fault, site);
    int half = dim / 2;
    float sum = 0.0f;
    float product = 0.0f;
    for (int i = lane; i < half; i += WARP) {
        float2 t = turn(position, frequencies[i]);
        float low = dOut[index * dim + i];
        float high = dOut[index * dim + i + half];
        float dLow = low * t.y + high * t.x;
        float dHigh = high * t.y - low * t.x;
        turned[index * dim + i] = dLow;
        turned[index * dim + i + half] = dHigh;
        float gLow = dLow * weight[affine + i];
        float gHigh = dHigh * weight[affine + i + half];
        sum += gLow + gHigh;
        product += gLow * (head[i] - stat.x) * stat.y + gHigh * (head[i + half] - stat.x) * stat.y;
    }
    float meanG = warp_sum(sum) / (float) dim;
    float meanGn = warp_sum(product) / (float) dim;
    if (dX != nullptr) {
        for (int i = lane; i < half; i += WARP) { // the lane that wrote turned[i] reads it
            dX[index * dim + i] += stat.y * (turned[index * dim + i] * weight[affine + i] - meanG - (head[i] - stat.x) * stat.y * meanGn);
            dX[index * dim + i + half] += stat.y * (turned[index * dim + i + half] * weight[affine + i + half] - meanG
                    - (head[i + half] - stat.x) * stat.y * meanGn);
        }
    }
}

// Sums over rows and over the heads of a group; columns = groups * headDim, sum rows = rows * (heads / groups). partial [parts, 2, columns]
extern "C" __global__ void backward_weight(const float* x, const float2* statistics, const float* turned, i64 sumRows, int heads, int dim,
        int groups, i64 rowsPerPart, float* partial) {
    int perGroup = heads / groups;
    column_partials([=](i64 sumRow, i64 column) {
        i64 index = sumRow / perGroup * heads + column / dim * perGroup + sumRow % perGroup;
        i64 at = index * dim + column % dim;
        float2 stat = statistics[index];
        return make_float2(turned[at] * (x[at] - stat.x) * stat.y, turned[at]);
    }, partial, sumRows, (i64) groups * dim, rowsPerPart);
}
