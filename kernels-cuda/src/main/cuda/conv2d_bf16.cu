// Two-dimensional convolution on the tensor cores, and its gradients: the three products of conv2d.cu with operands rounded to bf16. No patch matrix
// in memory.
//
// What      out[b,y,x,o] = bias[o] + residual + sum over i,j,c of x[b, y s + i - top, x s + j - left, c] w[o,c,i,j]; dX and dW as in conv2d.cu.
// Layout    x [pixels, inPitch], dOut [pixels, outPitch] bf16 as TensorCoreMatmul packs them, the pitch a multiple of 8 with zeros behind the last
//           channel; forward weight [out, kh kw, inPitch], backward [in, kh kw, outPitch], made by `pack_weight`; out, bias, residual, dX float or
//           bf16; parts [splits, out, in kh kw] float.
//           At most 2^31 - 1 pixels.
// How       tensor_tile.cuh with loaders that know where a patch lies. k runs over (i, j, channel), channels innermost, so that 16 bytes are 8
//           channels of one pixel: padding of the picture is a copy of no bytes. A thread copies for the same rows in every slice and the
//           same k for all of them: pixels are divided once, (i, j, channel) goes on by a counter, never by a division. dW sums over
//           pixels: both operands lie across k, the patches' loader counts pixels, and the sum is split over blocks and joined in order.
// Numerics  operands rounded to bf16 once, float sums in rising k.
// Roofline  tensor cores, as matmul_bf16.cu with the large tile: 40 bytes a clock from L2, of which most are taken from the first-level cache for
//           kernels of 3 x 3 whose patches overlap. Pictures of few channels (3) pay for padding to 8. Estimates; not run on a GPU.
#include "epilogue.cuh"
#include "geometry.cuh"
#include "tensor_tile.cuh"

// A number in mixed radix, low + sizeLow (mid + sizeMid high), that goes on by a fixed step without dividing.
struct Counter {
    int low, mid, high, sizeLow, sizeMid, stepLow, stepMid, stepHigh;

    __device__ __forceinline__ Counter() {}

    __device__ __forceinline__ Counter(i64 at, int step, int sizeLow, int sizeMid)
        : low((int) (at % sizeLow)), mid((int) (at / sizeLow % sizeMid)), high((int) (at / sizeLow / sizeMid)), sizeLow(sizeLow), sizeMid(sizeMid),
          stepLow(step % sizeLow), stepMid(step / sizeLow % sizeMid), stepHigh(step / sizeLow / sizeMid) {}

    __device__ __forceinline__ void next() {
        low += stepLow;
        mid += stepMid;
        high += stepHigh;
        if (low >= sizeLow) {
            low -= sizeLow;
            mid++;
        }
        if (mid >= sizeMid) {
            mid -= sizeMid;
            high++;
        }
    }
};

// Loader of patches, rows = output pixels, k = (i, j, c) along memory.
template <class T> struct Patches {
    typedef Chunks<T, T::BM, true> C;
    const __nv_bfloat16* x;
    int first[C::SLOTS]; // the patch's first pixel, which may lie outside
    int top[C::SLOTS], left[C::SLOTS];
    int height, width, pitch, rows;
    Counter k; // channel, j, i

    __device__ __forceinline__ Patches(const __nv_bfloat16* x, const Geometry& g, int pitch, i64 row0)
        : x(x), height(g.height), width(g.width), pitch(pitch), rows(g.kh), k(C::k(), T::BK, pitch, g.kw) {
        i64 pixels = (i64) g.batch * g.outHeight * g.outWidth;
#pragma unroll
        for (int slot = 0; slot < C::SLOTS; slot++) {
            i64 pixel = row0 + C::row() + slot * C::ROW_STEP;
            top[slot] = pixel < pixels ? (int) (pixel / g.outWidth % g.outHeight) * g.stride - g.top : -0x40000000;
            left[slot] = (int) (pixel % g.outWidth) * g.stride - g.left;
            first[slot] = ((int) (pixel / g.outWidth / g.outHeight) * height + top[slot]) * width + left[slot];
        }
    }

    __device__ __forceinline__ const __nv_bfloat16* chunk(int slot, bool& inside) const {
        inside = k.high < rows && (unsigned) (top[slot] + k.high) < (unsigned) height && (unsigned) (left[slot] + k.mid) < (unsigned) width;
        return x + (i64) (first[slot] + k.high * width + k.mid) * pitch + k.low;
    }

    __device__ __forceinline__ void next() { k.next(); }
};

// Loader of the output pixels that a picture's pixel went into, rows = input pixels, k = (i, j, o) along memory.
template <class T> struct Outputs {
    typedef Chunks<T, T::BM, true> C;
    const __nv_bfloat16* dOut;
    int picture[C::SLOTS]; // first pixel of the batch's picture
    int bottom[C::SLOTS], right[C::SLOTS];
    int height, width, pitch, rows, stride;
    Counter k; // output channel, j, i

    __device__ __forceinline__ Outputs(const __nv_bfloat16* dOut, const Geometry& g, int pitch, i64 row0)
        : dOut(dOut), height(g.outHeight), width(g.outWidth), pitch(pitch), rows(g.kh), stride(g.stride), k(C::k(), T::BK, pitch, g.kw) {
        i64 pixels = (i64) g.batch * g.height * g.width;
#pragma unroll
        for (int slot = 0; slot < C::SLOTS; slot++) {
            i64 pixel = row0 + C::row() + slot * C::ROW_STEP;
            bottom[slot] = pixel < pixels ? (int) (pixel / g.width % g.height) + g.top : -0x40000000;
            right[slot] = (int) (pixel % g.width) + g.left;
            picture[slot] = (int) (pixel / g.width / g.height) * height * width;
        }
    }

    // x / stride if that is whole and not negative, else -1
    __device__ __forceinline__ int whole(int x) const {
        int q = stride == 1 ? x : stride == 2 ? x >> 1 : x / stride;
        return x >= 0 && q * stride == x ? q : -1;
    }

    __device__ __forceinline__ const __nv_bfloat16* chunk(int slot, bool& inside) const {
        int y = whole(bottom[slot] - k.high);
        int x = whole(right[slot] - k.mid);
        inside = k.high < rows && (unsigned) y < (unsigned) height && (unsigned) x < (unsigned) width;
        return dOut + (i64) (picture[slot] + y * width + x) * pitch + k.low;
    }

    __device__ __forceinline__ void next() { k.next(); }
};

// Loader of patches for the weight's gradient: rows = (i, j, c) along memory, k = output pixels.
template <class T> struct PatchesAcross {
    typedef Chunks<T, T::BN, false> C;
    const __nv_bfloat16* x;
    int channel, j, i, stride, height, width, pitch;
    bool there;
    Counter pixel[C::SLOTS]; // x, y, batch of the output
    int left; // pixels from the first slot on

    __device__ __forceinline__ PatchesAcross(const __nv_bfloat16* x, const Geometry& g, int pitch, i64 row0, i64 from, i64 to)
        : x(x), stride(g.stride), height(g.height), width(g.width), pitch(pitch), left((int) (to - from) - C::k()) {
#pragma unroll
        for (int slot = 0; slot < C::SLOTS; slot++) {
            pixel[slot] = Counter(from + C::k() + slot * C::K_STEP, T::BK, g.outWidth, g.outHeight);
        }
        i64 row = row0 + C::row();
        channel = (int) (row % pitch);
        j = (int) (row / pitch % g.kw) - g.left;
        i = (int) (row / pitch / g.kw);
        there = i < g.kh;
        i -= g.top;
    }

    __device__ __forceinline__ const __nv_bfloat16* chunk(int slot, bool& inside) const {
        const Counter& p = pixel[slot];
        int iy = p.mid * stride + i;
        int ix = p.low * stride + j;
        inside = there && slot * C::K_STEP < left && (unsigned) iy < (unsigned) height && (unsigned) ix < (unsigned) width;
        return x + (i64) ((p.high * height + iy) * width + ix) * pitch + channel;
    }

    __device__ __forceinline__ void next() {
#pragma unroll
        for (int slot = 0; slot < C::SLOTS; slot++) {
            pixel[slot].next();
        }
        left -= T::BK;
    }
};

// One of the two products whose k is (i, j, channel): forward and dX. weight [columns, kh kw, pitch].
template <class T, class Rows>
__device__ __forceinline__ void by_patches(Rows from, const __nv_bfloat16* weight, int pitch, i64 rows, i64 columns, const Geometry& g, void* out,
        const Epilogue& epilogue, TilePlace tile) {
    i64 m0 = tile.row * T::BM;
    i64 n0 = tile.column * T::BN;
    i64 k = (i64) g.kh * g.kw * pitch;
    float sum[T::M16][T::N8][4];
    tensor_product<T, true, true>(from, Matrix<T, T::BN, true>(weight, k, n0, columns, 0, k), (int) ((k + T::BK - 1) / T::BK), sum);
    bool fours = in_fours(out, columns, epilogue);
    tensor_store<T>(sum, [&](int row, int column, float4 y) {
        if (m0 + row < rows && n0 + column < columns) {
            write_four(y, out, (m0 + row) * columns + n0 + column, n0 + column, columns, false, fours, epilogue);
        }
    });
}

template <class T>
__device__ __forceinline__ void forward(const __nv_bfloat16* x, int pitch, const __nv_bfloat16* weight, void* out, const Geometry& g,
        const Epilogue& epilogue) {
    i64 rows = (i64) g.batch * g.outHeight * g.outWidth;
    TilePlace tile = grouped_tile(blockIdx.x, (rows + T::BM - 1) / T::BM, (g.out + T::BN - 1) / T::BN);
    by_patches<T>(Patches<T>(x, g, pitch, tile.row * T::BM), weight, pitch, rows, g.out, g, out, epilogue, tile);
}

template <class T>
__device__ __forceinline__ void backward_x(const __nv_bfloat16* dOut, int pitch, const __nv_bfloat16* weight, void* dX, const Geometry& g,
        const Epilogue& epilogue) {
    i64 rows = (i64) g.batch * g.height * g.width;
    TilePlace tile = grouped_tile(blockIdx.x, (rows + T::BM - 1) / T::BM, (g.in + T::BN - 1) / T::BN);
    by_patches<T>(Outputs<T>(dOut, g, pitch, tile.row * T::BM), weight, pitch, rows, g.in, g, dX, epilogue, tile);
}

// parts[split][o, c, i, j]; grid (tiles, splits)
template <class T>
__device__ __forceinline__ void backward_weight(const __nv_bfloat16* x, int inPitch, const __nv_bfloat16* dOut, int outPitch, float* parts,
        i64 pixelsPerSplit, const Geometry& g) {
    i64 pixels = (i64) g.batch * g.outHeight * g.outWidth;
    i64 columns = (i64) g.kh * g.kw * inPitch;
    TilePlace tile = grouped_tile(blockIdx.x, (g.out + T::BM - 1) / T::BM, (columns + T::BN - 1) / T::BN);
    i64 m0 = tile.row * T::BM;
    i64 n0 = tile.column * T::BN;
    i64 from = blockIdx.y * pixelsPerSplit;
    i64 to = from + pixelsPerSplit < pixels ? from + pixelsPerSplit : pixels;
    float sum[T::M16][T::N8][4];
    tensor_product<T, false, false>(Matrix<T, T::BM, false>(dOut, outPitch, m0, g.out, from, to), PatchesAcross<T>(x, g, inPitch, n0, from, to),
            (int) ((to - from + T::BK - 1) / T::BK), sum);
    float* part = parts + (i64) blockIdx.y * g.out * g.in * g.kh * g.kw;
    tensor_store<T>(sum, [&](int row, int column, float4 y) {
        if (m0 + row < g.out) {
            scatter(y, part, g, inPitch, m0 + row, n0 + column);
        }
    });
}

#define KERNELS(size, T, BLOCKS) \
    extern "C" __global__ void __launch_bounds__(T::THREADS, BLOCKS) forward_##size(const __nv_bfloat16* x, int pitch, const __nv_bfloat16* weight, \
            void* y, GEOMETRY_ARGUMENTS, EPILOGUE_ARGUMENTS) { \
        forward<T>(x, pitch, weight, y, GEOMETRY, EPILOGUE); \
    } \
    extern "C" __global__ void __launch_bounds__(T::THREADS, BLOCKS) backward_x_##size(const __nv_bfloat16* dOut, int pitch, const __nv_bfloat16* weight, \
            void* dX, GEOMETRY_ARGUMENTS, EPILOGUE_ARGUMENTS) { \
        backward_x<T>(dOut, pitch, weight, dX, GEOMETRY, EPILOGUE); \
    } \
    extern "C" __global__ void __launch_bounds__(T::THREADS, BLOCKS) backward_weight_##size(const __nv_bfloat16* x, int inPitch, const __nv_bfloat16* dOut, \
            int outPitch, float* parts, i64 pixelsPerSplit, GEOMETRY_ARGUMENTS) { \
        backward_weight<T>(x, inPitch, dOut, outPitch, parts, pixelsPerSplit, GEOMETRY); \
    }
KERNELS(large, Large, 2)
KERNELS(small, Small, 4)

// packed [out, kh kw, pitch], or with byInput [in, kh kw, pitch], from weight [out, in, kh, kw]; the padding becomes 0. One thread an element.
extern "C" __global__ void pack_weight(const void* weight, int isBf16, int out, int in, int places, int byInput, i64 pitch, __nv_bfloat16* packed) {
    i64 n = (byInput ? in : out) * places * pitch;
    i64 at = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (at < n) {
        i64 channel = at % pitch;
        i64 place = at / pitch % places;
        i64 row = at / pitch / places;
        bool there = channel < (byInput ? out : in);
        i64 from = ((byInput ? channel : row) * in + (byInput ? row : channel)) * places + place;
        packed[at] = __float2bfloat16_rn(there ? load_one(weight, isBf16, from) : 0.0f);
    }
}
