// Copies with conversion between any two element types, and fills.
//
// What      to[i] = convert(from[i]); x[i] = value.
// Layout    flat entries take contiguous float and bf16, one thread four elements, 16 bytes (8 of bf16) an access where the pointers are
//           aligned, the rest one by one; strided entries walk any strides and take every type, one thread an element. Contiguous
//           tensors of one type, and zeros, go through the driver's own engine and need no kernel.
// Numerics  to bf16 and f16: round to nearest even; floats to integers: towards zero, saturating, NaN to 0, as Java casts; integers to
//           floats: to nearest. I64 to I32, U8 and I8 keep the low bits.
// Roofline  memory: bytes read plus bytes written; the emulator counts exactly these for flat entries; not run on a GPU. The types are chosen
//           at run time: the branch is uniform.
#include "vectors.cuh"

enum DType { F32, BF16, F16, I32, I64, U8, I8 };

__device__ __forceinline__ bool is_floating(int type) { return type <= F16; }

__device__ __forceinline__ float load_float(const void* p, int type, i64 i) {
    switch (type) {
        case F32: return ((const float*) p)[i];
        case BF16: return __bfloat162float(((const __nv_bfloat16*) p)[i]);
        default: return __half2float(((const __half*) p)[i]);
    }
}

__device__ __forceinline__ i64 load_integer(const void* p, int type, i64 i) {
    switch (type) {
        case I32: return ((const int*) p)[i];
        case I64: return ((const i64*) p)[i];
        case I8: return ((const signed char*) p)[i];
        default: return ((const unsigned char*) p)[i];
    }
}

// NaN keeps its upper bits and becomes quiet, as ElementAccess does.
__device__ __forceinline__ unsigned short bfloat16_bits(float x) {
    unsigned bits = __float_as_uint(x);
    if (x != x) {
        return (unsigned short) ((bits >> 16) | 0x40);
    }
    return (unsigned short) ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

__device__ __forceinline__ void store_integer(void* p, int type, i64 i, i64 x) {
    switch (type) {
        case I32: ((int*) p)[i] = (int) x; break;
        case I64: ((i64*) p)[i] = x; break;
        case I8: ((signed char*) p)[i] = (signed char) x; break;
        default: ((unsigned char*) p)[i] = (unsigned char) x;
    }
}

__device__ __forceinline__ void store_float(void* p, int type, i64 i, float x) {
    switch (type) {
        case F32: ((float*) p)[i] = x; break;
        case BF16: ((unsigned short*) p)[i] = bfloat16_bits(x); break;
        case F16: ((__half*) p)[i] = __float2half_rn(x); break;
        default: store_integer(p, type, i, x != x ? 0 : __float2ll_rz(x));
    }
}

// walk: from, to
extern "C" __global__ void copy_strided(const void* from, int fromType, void* to, int toType, Walk walk, i64 n) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    i64 source = offset(walk, 0, i);
    i64 target = offset(walk, 1, i);
    if (is_floating(fromType)) {
        store_float(to, toType, target, load_float(from, fromType, source));
    } else if (is_floating(toType)) {
        store_float(to, toType, target, (float) load_integer(from, fromType, source));
    } else {
        store_integer(to, toType, target, load_integer(from, fromType, source));
    }
}

// walk: x
extern "C" __global__ void fill_strided(void* x, int type, float value, Walk walk, i64 n) {
    i64 i = (i64) blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        store_float(x, type, offset(walk, 0, i), value);
    }
}

// Stores as store_float does; store_four would give every NaN the same bits.
__device__ __forceinline__ void store_floats(void* p, int type, i64 at, float4 x) {
    if (type == F32) {
        *(float4*) ((float*) p + at) = x;
    } else {
        *(ushort4*) ((unsigned short*) p + at) = make_ushort4(bfloat16_bits(x.x), bfloat16_bits(x.y), bfloat16_bits(x.z), bfloat16_bits(x.w));
    }
}

// from, to: [n], F32 or BF16
extern "C" __global__ void copy_flat(const void* from, int fromType, void* to, int toType, i64 n) {
    i64 i = 4 * ((i64) blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n && aligned(from) && aligned(to)) {
        store_floats(to, toType, i, load_four(from, fromType == BF16, i));
        return;
    }
    for (i64 last = i + 4 < n ? i + 4 : n; i < last; i++) {
        store_float(to, toType, i, load_float(from, fromType, i));
    }
}

// x: [n], F32 or BF16
extern "C" __global__ void fill_flat(void* x, int type, float value, i64 n) {
    i64 i = 4 * ((i64) blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n && aligned(x)) {
        store_floats(x, type, i, make_float4(value, value, value, value));
        return;
    }
    for (i64 last = i + 4 < n ? i + 4 : n; i < last; i++) {
        store_float(x, type, i, value);
    }
}
