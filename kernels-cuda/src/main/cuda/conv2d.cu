// Two-dimensional convolution as an implicit matrix product, and its gradients; no patch matrix in memory.
//
// What      out[b,y,x,o] = bias[o] + residual + sum over c,i,j of x[b, y s + i - top, x s + j - left, c] w[o,c,i,j];
//           dX and dW are the two other products of the same triple sum.
// Layout    x, dX [batch, height, width, in]; weight, dW [out, in, kh, kw], float or bf16 in the forward pass; bias [out];
//           residual, out, dOut [batch, outHeight, outWidth, out]; parts [splits, out, in kh kw]. Bias and residual come as the epilogue of a product.
// How       tile_product over rows = output pixels (forward), input pixels (dX), output channels (dW); the k axis runs over (i, j, channel)
//           with the channel innermost, so that neighbours in k are neighbours in memory. dW has few tiles and a long sum: it is split
//           over pixels, the parts are added in order by matmul.cu's join.
// Numerics  float fused multiply-adds, a fixed order.
// Roofline  compute, like the product of the same size; the gather costs index arithmetic only.
#include "epilogue.cuh"
#include "geometry.cuh"
#include "tile_product.cuh"

typedef Tile<64, 64, 4, 4> T;

// Element (pixel row of the output, k = (i, j, c)) of the patch matrix.
__device__ __forceinline__ float patch(const float* x, const Geometry& g, i64 pixel, i64 k) {
    int c = (int) (k % g.in);
    int j = (int) (k / g.in % g.kw);
    int i = (int) (k / g.in / g.kw);
    int ox = (int) (pixel % g.outWidth);
    int oy = (int) (pixel / g.outWidth % g.outHeight);
    i64 b = pixel / g.outWidth / g.outHeight;
    int iy = oy * g.stride + i - g.top;
    int ix = ox * g.stride + j - g.left;
    bool inside = iy >= 0 && iy < g.height && ix >= 0 && ix < g.width;
    return inside ? x[((b * g.height + iy) * g.width + ix) * g.in + c] : 0.0f;
}

template <typename W>
__device__ __forceinline__ void forward(const float* x, const W* weight, void* result, const Geometry& g, const Epilogue& epilogue) {
    i64 pixels = (i64) g.batch * g.outHeight * g.outWidth;
    i64 m0 = (i64) blockIdx.x * T::BM;
    i64 n0 = (i64) blockIdx.y * T::BN;
    float acc[T::TM][T::TN];
    tile_product<T, true, true>(
            [=](int row, i64 k) { return m0 + row < pixels ? patch(x, g, m0 + row, k) : 0.0f; },
            [=](i64 k, int column) { return n0 + column < g.out ? to_float(weight[weight_at(g, n0 + column, k)]) : 0.0f; },
            0, (i64) g.in * g.kh * g.kw, acc);
    bool fours = in_fours(result, g.out, epilogue);
    tile_store<T>(acc, [&](int row, int column, float4 y) {
        if (m0 + row < pixels && n0 + column < g.out) {
            write_four(y, result, (m0 + row) * g.out + n0 + column, n0 + column, g.out, false, fours, epilogue);
        }
    });
}

extern "C" __global__ void __launch_bounds__(256) forward_f32(const float* x, const float* weight, void* y, GEOMETRY_ARGUMENTS,
        EPILOGUE_ARGUMENTS) {
    forward(x, weight, y, GEOMETRY, EPILOGUE);
}

extern "C" __global__ void __launch_bounds__(256) forward_bf16(const float* x, const __nv_bfloat16* weight, void* y, GEOMETRY_ARGUMENTS,
        EPILOGUE_ARGUMENTS) {
    forward(x, weight, y, GEOMETRY, EPILOGUE);
}

// dX[pixel, c] += sum over (i, j, o) of dOut[pixel that (i, j) leads to, o] w[o, c, i, j]
extern "C" __global__ void __launch_bounds__(256) backward_x(const float* dOut, const float* weight, float* dX, GEOMETRY_ARGUMENTS) {
    Geometry g = GEOMETRY;
    Epilogue adding = {};
    adding.accumulate = 1;
    i64 pixels = (i64) g.batch * g.height * g.width;
    i64 m0 = (i64) blockIdx.x * T::BM;
    i64 n0 = (i64) blockIdx.y * T::BN;
    float acc[T::TM][T::TN];
    tile_product<T, true, false>(
            [=](int row, i64 k) {
                i64 pixel = m0 + row;
                int o = (int) (k % g.out);
                int j = (int) (k / g.out % g.kw);
                int i = (int) (k / g.out / g.kw);
                int oy = (int) (pixel / g.width % g.height) + g.top - i;
                int ox = (int) (pixel % g.width) + g.left - j;
                bool inside = pixel < pixels && oy >= 0 && ox >= 0 && oy % g.stride == 0 && ox % g.stride == 0
                        && oy / g.stride < g.outHeight && ox / g.stride < g.outWidth;
                i64 b = pixel / g.width / g.height;
                return inside ? dOut[((b * g.outHeight + oy / g.stride) * g.outWidth + ox / g.stride) * g.out + o] : 0.0f;
            },
            [=](i64 k, int column) {
                i64 o = k % g.out;
                return n0 + column < g.in ? weight[(o * g.in + n0 + column) * g.kh * g.kw + k / g.out] : 0.0f;
            },
            0, (i64) g.out * g.kh * g.kw, acc);
    bool fours = in_fours(dX, g.in, adding);
    tile_store<T>(acc, [&](int row, int column, float4 y) {
        if (m0 + row < pixels && n0 + column < g.in) {
            write_four(y, dX, (m0 + row) * g.in + n0 + column, n0 + column, g.in, false, fours, adding);
        }
    });
}

// parts[split][o, c, i, j] = sum over the split's pixels of dOut[pixel, o] patch[pixel, (i, j, c)]
extern "C" __global__ void __launch_bounds__(256) backward_weight(const float* x, const float* dOut, float* parts, i64 pixelsPerSplit, GEOMETRY_ARGUMENTS) {
    Geometry g = GEOMETRY;
    i64 pixels = (i64) g.batch * g.outHeight * g.outWidth;
    i64 columns = (i64) g.in * g.kh * g.kw;
    i64 m0 = (i64) blockIdx.x * T::BM;
    i64 n0 = (i64) blockIdx.y * T::BN;
    i64 from = blockIdx.z * pixelsPerSplit;
    i64 to = from + pixelsPerSplit < pixels ? from + pixelsPerSplit : pixels;
    float acc[T::TM][T::TN];
    tile_product<T, false, false>(
            [=](int row, i64 pixel) { return m0 + row < g.out ? dOut[pixel * g.out + m0 + row] : 0.0f; },
            [=](i64 pixel, int column) { return n0 + column < columns ? patch(x, g, pixel, n0 + column) : 0.0f; },
            from, to, acc);
    float* part = parts + (i64) blockIdx.z * g.out * columns;
    tile_store<T>(acc, [=](int row, int column, float4 y) {
        if (m0 + row < g.out) {
            scatter(y, part, g, g.in, m0 + row, n0 + column);
        }
    });
}
