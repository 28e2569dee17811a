// Sizes of a convolution, and where the elements of its weight lie.
#pragma once
#include "common.cuh"

struct Geometry {
    int batch, height, width, in, outHeight, outWidth, out, kh, kw, stride, top, left;
};

#define GEOMETRY_ARGUMENTS int batch, int height, int width, int in, int outHeight, int outWidth, int out, int kh, int kw, int stride, int top, int left
#define GEOMETRY Geometry{batch, height, width, in, outHeight, outWidth, out, kh, kw, stride, top, left}

// Offset in weight [out, in, kh, kw] of output o and k = (i, j, c), c < in.
__device__ __forceinline__ i64 weight_at(const Geometry& g, i64 o, i64 k) {
    i64 c = k % g.in;
    return (o * g.in + c) * g.kh * g.kw + k / g.in;
}

// Writes four neighbours of row o of a weight gradient, whose columns are k = (i, j, c) with `pitch` places for the channels.
__device__ __forceinline__ void scatter(float4 y, float* weight, const Geometry& g, int pitch, i64 o, i64 column) {
    for (int e = 0; e < 4; e++) {
        i64 c = (column + e) % pitch;
        i64 place = (column + e) / pitch;
        if (c < g.in && place < g.kh * g.kw) {
            weight[(o * g.in + c) * g.kh * g.kw + place] = e == 0 ? y.x : e == 1 ? y.y : e == 2 ? y.z : y.w;
        }
    }
}
