// Kernels with one mistake each. The line with the mistake says so: "BUG kind". The test launches each and wants the report of that kind and line.
#include <cuda_bf16.h>
#include <cstdint>

// Threads past n are not turned away.
extern "C" __global__ void read_past_end(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float v = *(const volatile float*)(x + i);  // BUG OUT_OF_BOUNDS
    if (i < n) {
        y[i] = v;
    }
}

extern "C" __global__ void write_past_end(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    y[i] = i;  // BUG OUT_OF_BOUNDS
}

extern "C" __global__ void read_before_start(const float* x, float* y, int n) {
    int i = threadIdx.x;
    if (i < n) {
        y[i] = x[i - 1];  // BUG OUT_OF_BOUNDS
    }
}

extern "C" __global__ void null_pointer(const float* x, float* y, int n) {
    const float* none = n < 0 ? x : nullptr;
    if (threadIdx.x < n) {
        y[threadIdx.x] = none[threadIdx.x];  // BUG OUT_OF_BOUNDS
    }
}

extern "C" __global__ void shared_past_end(const float* x, float* y, int n) {
    __shared__ float tile[64];
    tile[threadIdx.x + n - 64] = 1;  // BUG OUT_OF_BOUNDS
    __syncthreads();
    y[0] = tile[0];
}

extern "C" __global__ void dynamic_shared_too_small(const float* x, float* y, int n) {
    extern __shared__ float dynamic[];
    dynamic[threadIdx.x] = 1;  // BUG OUT_OF_BOUNDS
    __syncthreads();
    if (threadIdx.x < n) {
        y[threadIdx.x] = dynamic[threadIdx.x];
    }
}

extern "C" __global__ void local_past_end(const float* x, float* y, int n) {
    float c[8];
    for (int i = 0; i < 8; i++) {
        c[i] = i * n;
    }
    y[threadIdx.x % n] = c[n / 4];  // BUG OUT_OF_BOUNDS
}

extern "C" __global__ void misaligned_vector(const float* x, float* y, int n) {
    float4 v = *(const float4*)(x + 1 + 4 * (threadIdx.x % 2));  // BUG MISALIGNED
    if (threadIdx.x < n) {
        y[threadIdx.x] = v.x + v.y * v.z - v.w;
    }
}

extern "C" __global__ void misaligned_shared(const float* x, float* y, int n) {
    __shared__ __align__(16) char bytes[256];
    *(int*)(bytes + threadIdx.x * 2) = 1;  // BUG MISALIGNED
    __syncthreads();
    y[0] = bytes[0];
}

// The host frees x before the launch.
extern "C" __global__ void freed_memory(const float* x, float* y, int n) {
    if (threadIdx.x < n) {
        y[threadIdx.x] = x[threadIdx.x];  // BUG USE_AFTER_FREE
    }
}

// Nobody wrote y.
extern "C" __global__ void uninitialised_global(const float* x, float* y, int n) {
    if (threadIdx.x < n) {
        y[threadIdx.x] += x[threadIdx.x];  // BUG UNINITIALISED
    }
}

extern "C" __global__ void uninitialised_shared(const float* x, float* y, int n) {
    __shared__ float tile[64];
    if (threadIdx.x < 60) {
        tile[threadIdx.x] = x[0];
    }
    __syncthreads();
    y[threadIdx.x % n] = tile[threadIdx.x % 64];  // BUG UNINITIALISED
}

extern "C" __global__ void uninitialised_local(const float* x, float* y, int n) {
    float c[8];
    for (int i = 0; i < n / 8; i++) {
        c[i] = x[i];
    }
    y[threadIdx.x % n] = c[threadIdx.x % 8];  // BUG UNINITIALISED
}

// A missing barrier between writing the tile and reading the neighbour's part.
extern "C" __global__ void missing_barrier(const float* x, float* y, int n) {
    __shared__ float tile[64];
    tile[threadIdx.x] = threadIdx.x;
    y[threadIdx.x % n] = tile[threadIdx.x ^ 32];  // BUG RACE UNINITIALISED
}

// The tile is overwritten while others may still read it.
extern "C" __global__ void missing_second_barrier(const float* x, float* y, int n) {
    __shared__ float tile[64];
    float sum = 0;
    for (int r = 0; r < n / 8; r++) {
        tile[threadIdx.x] = threadIdx.x + r;  // BUG RACE
        __syncthreads();
        sum += tile[63 - threadIdx.x];  // BUG RACE
    }
    if (sum == -1) {
        y[0] = sum;
    }
}

// Lanes of one warp talk through shared memory without __syncwarp.
extern "C" __global__ void missing_warp_sync(const float* x, float* y, int n) {
    __shared__ float tile[64];
    tile[threadIdx.x] = threadIdx.x;
    if (tile[threadIdx.x ^ 1] == -1) {  // BUG RACE
        y[0] = 1;
    }
}

// A sum without atomics: several threads, one place.
extern "C" __global__ void lost_update(const float* x, float* y, int n) {
    __shared__ float sum;
    if (threadIdx.x == 0) {
        sum = 0;
    }
    __syncthreads();
    sum += 1;  // BUG RACE
    __syncthreads();
    if (sum == -1) {
        y[0] = sum;
    }
}

// Blocks add to one place without atomics.
extern "C" __global__ void race_between_blocks(const float* x, float* y, int n) {
    if (threadIdx.x == 0) {
        ((float*)x)[0] += 1;  // BUG RACE
    }
}

// In place: a block reads what another writes.
extern "C" __global__ void race_with_neighbour_block(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i > 0 && i < n) {
        ((float*)x)[i] = x[i - 1] * 0.5f;  // BUG RACE
    }
}

extern "C" __global__ void divergent_barrier(const float* x, float* y, int n) {
    __shared__ float tile[64];
    tile[threadIdx.x] = 0;
    if (threadIdx.x % 2 == 0) {
        tile[threadIdx.x] += 1;
        __syncthreads();  // BUG DIVERGENT_BARRIER
    } else {
        tile[threadIdx.x] += 2;
        asm volatile("bar.sync 1;" ::: "memory");  // BUG DIVERGENT_BARRIER
    }
}

// One warp goes to a barrier that the others never reach.
extern "C" __global__ void deadlock_of_warps(const float* x, float* y, int n) {
    if (threadIdx.x < 32) {
        asm volatile("bar.sync 1, 64;" ::: "memory");  // BUG DEADLOCK
    } else {
        asm volatile("bar.sync 2, 64;" ::: "memory");
    }
}

// Half of a warp waits for the other half, which has gone to the block's barrier.
extern "C" __global__ void deadlock_in_warp(const float* x, float* y, int n) {
    if (threadIdx.x % 32 < 16) {
        __syncwarp(0xffffffff);
    } else {
        __syncthreads();  // BUG DIVERGENT_BARRIER
    }
}

extern "C" __global__ void wrong_member_mask(const float* x, float* y, int n) {
    float v = threadIdx.x;
    v += __shfl_xor_sync(0x0000ffff, v, 1);  // BUG WARP_MEMBERS
    if (v == -1) {
        y[0] = v;
    }
}

// cp.async without waiting for it.
extern "C" __global__ void copy_not_awaited(const float* x, float* y, int n) {
    __shared__ __align__(16) float tile[64];
    uint32_t to = (uint32_t)__cvta_generic_to_shared(&tile[threadIdx.x]);
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(to), "l"(x + threadIdx.x % n));
    asm volatile("cp.async.commit_group;");
    __syncthreads();
    y[threadIdx.x % n] = tile[threadIdx.x];  // BUG UNINITIALISED
}

// cp.async awaited by each thread, and no barrier before reading what others copied.
extern "C" __global__ void copy_without_barrier(const float* x, float* y, int n) {
    __shared__ __align__(16) float tile[64];
    uint32_t to = (uint32_t)__cvta_generic_to_shared(&tile[threadIdx.x]);
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(to), "l"(x + threadIdx.x % n));
    asm volatile("cp.async.wait_all;" ::: "memory");
    if (tile[threadIdx.x ^ 1] == -1) {  // BUG RACE
        y[0] = 1;
    }
}

extern "C" __global__ void endless_loop(const float* x, float* y, int n) {
    while (((volatile float*)x)[0] >= 0) {  // BUG INSTRUCTION_LIMIT
    }
}

extern "C" __global__ void trap_executed(const float* x, float* y, int n) {
    if (threadIdx.x == 5) {
        __trap();  // BUG TRAP
    }
}

__constant__ float table[4] = {1, 2, 3, 4};
extern "C" __global__ void write_to_constant(const float* x, float* y, int n) {
    float* p = n < 0 ? y : (float*)table;
    p[threadIdx.x % 4] = 0;  // BUG READ_ONLY
}

extern "C" __global__ void mma_by_half_a_warp(const float* x, float* y, int n) {
    float d[4] = {};
    uint32_t a[4] = {}, b[2] = {};
    if (threadIdx.x % 32 < 16) {
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                     : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));  // BUG WARP_MEMBERS
        if (d[0] == 1) {
            y[0] = 1;
        }
    }
}

#include <cassert>
extern "C" __global__ void assertion(const float* x, float* y, int n) {
    assert(n < 0 || threadIdx.x < 7);  // BUG ASSERTION
}
