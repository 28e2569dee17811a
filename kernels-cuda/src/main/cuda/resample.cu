// Doubling and halving of pictures, and their gradients.
//
// What      up: out[2y+i][2x+j] = x[y][x]; its gradient sums the four. pool: out = mean of four; its gradient spreads a quarter.
// Layout    [batch, height, width, channels], one thread an element of the small picture; batch and height as one axis.
// Numerics  float, the four always in the same order.
// Roofline  memory: 20 bytes an element of the small picture, 24 backward.
#include "common.cuh"

// Offset of the upper left of the four big pixels of small element i; rows = batch * h.
__device__ __forceinline__ i64 corner(i64 i, i64 w, i64 c) {
    i64 channel = i % c;
    i64 column = i / c % w;
    i64 row = i / c / w;
    return ((2 * row) * (2 * w) + 2 * column) * c + channel;
}

// small [rows, w, c], big [2 rows, 2 w, c]
extern "C" __global__ void upsample(const float* small, float* big, i64 n, i64 w, i64 c) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        i64 at = corner(i, w, c);
        float x = small[i];
        big[at] = x;
        big[at + c] = x;
        big[at + 2 * w * c] = x;
        big[at + 2 * w * c + c] = x;
    }
}

// small[i] = or += factor * (sum of four)
extern "C" __global__ void gather(const float* big, float factor, int accumulate, float* small, i64 n, i64 w, i64 c) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        i64 at = corner(i, w, c);
        float sum = (big[at] + big[at + c] + (big[at + 2 * w * c] + big[at + 2 * w * c + c])) * factor;
        small[i] = accumulate ? small[i] + sum : sum;
    }
}

// big += small / 4
extern "C" __global__ void spread(const float* small, float* big, i64 n, i64 w, i64 c) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        i64 at = corner(i, w, c);
        float x = 0.25f * small[i];
        big[at] += x;
        big[at + c] += x;
        big[at + 2 * w * c] += x;
        big[at + 2 * w * c + c] += x;
    }
}
