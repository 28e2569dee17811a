// What follows from a sum of squares without asking the host: the factor that clips gradients, and a matrix divided by its norm.
//
// What      factor: norm = sqrt(sum of parts), factor = min(1, maximum / (norm + 1e-6)), 1 for a maximum of 0, NaN where norm or loss is
//           not finite; report = (norm, loss) in float64. normalise: out = x / (norm + eps).
// Layout    parts [count], float64, from reduce.cu's squares, count at most 512; loss, factor [1]; report [2] float64; x, out [n].
// How       every block adds the parts itself, by one tree: they are few and lie in L2, and a launch between is saved.
// Numerics  float64 sums in an order that the number of parts decides.
// Roofline  normalise: memory, 8 bytes an element; factor: a launch.
#include "common.cuh"

#define THREADS 256

__device__ __forceinline__ double sum_of(const double* parts, int count, double* shared) {
    double sum = 0.0;
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        sum += parts[i];
    }
    return block_sum(sum, shared);
}

extern "C" __global__ void __launch_bounds__(THREADS) factor(const double* parts, int count, double maximum, const float* loss, double* report,
        float* factor) {
    __shared__ double shared[WARP + 1];
    double norm = sqrt(sum_of(parts, count, shared));
    if (threadIdx.x == 0) {
        float value = *loss;
        report[0] = norm;
        report[1] = value;
        *factor = !isfinite(norm) || !isfinite(value) ? NAN : maximum <= 0.0 ? 1.0f : (float) fmin(1.0, maximum / (norm + 1e-6));
    }
}

// a block for every THREADS elements; out may be x
extern "C" __global__ void __launch_bounds__(THREADS) normalise(const double* parts, int count, double eps, const float* x, float* out, i64 n) {
    __shared__ double shared[WARP + 1];
    float scale = (float) (1.0 / (sqrt(sum_of(parts, count, shared)) + eps));
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        out[i] = scale * x[i];
    }
}
