// Sum, mean and maximum over axes, and the sum of squares of a whole tensor.
//
// What      out[kept] = reduce over the reduced axes of x[kept, reduced]; squares: parts of sum(x^2).
// Layout    x of any strides: two Walks, one over the kept axes, one over the reduced ones; out contiguous. One block an output.
// Numerics  sums in float64 by a fixed tree: the result depends on the shape alone. MAX passes NaN on.
// Roofline  memory: 4 bytes an element. Sums over the rows of a contiguous matrix go through column_sum.cu, which reads in order.
#include "common.cuh"

enum ReduceOp { SUM, MEAN, MAX };

// kept: x; reduced: x
extern "C" __global__ void reduce(int op, const float* x, Walk kept, Walk reduced, i64 count, float* out) {
    __shared__ double shared[WARP + 1];
    __shared__ float largest[WARP];
    const float* from = x + offset(kept, 0, blockIdx.x);
    if (op == MAX) {
        float most = -INFINITY;
        for (i64 i = threadIdx.x; i < count; i += blockDim.x) {
            float value = from[offset(reduced, 0, i)];
            most = value != value || value > most || most != most ? (most != most ? most : value) : most;
        }
#pragma unroll
        for (int step = WARP / 2; step > 0; step /= 2) {
            float other = __shfl_xor_sync(FULL_MASK, most, step);
            most = other != other || other > most ? (most != most ? most : other) : most;
        }
        if (threadIdx.x % WARP == 0) {
            largest[threadIdx.x / WARP] = most;
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            for (int warp = 1; warp < blockDim.x / WARP; warp++) {
                float other = largest[warp];
                most = other != other || other > most ? (most != most ? most : other) : most;
            }
            out[blockIdx.x] = most;
        }
        return;
    }
    double sum = 0.0;
    for (i64 i = threadIdx.x; i < count; i += blockDim.x) {
        sum += from[offset(reduced, 0, i)];
    }
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) {
        out[blockIdx.x] = (float) (op == MEAN ? sum / (double) count : sum);
    }
}

// parts [gridDim.x]: the sum of squares of every block's share of x [n]
extern "C" __global__ void squares(const float* x, i64 n, double* parts) {
    __shared__ double shared[WARP + 1];
    double sum = 0.0;
    for (i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x; i < n; i += (i64) gridDim.x * blockDim.x) {
        sum += (double) x[i] * x[i];
    }
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) {
        parts[blockIdx.x] = sum;
    }
}
