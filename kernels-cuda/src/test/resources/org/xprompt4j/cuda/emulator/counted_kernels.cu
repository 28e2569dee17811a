// Kernels whose memory traffic and divergence are known by heart. The tests find lines by their marks.

extern "C" __global__ void copy_strided(const float* x, float* y, int stride) {
    float v = x[threadIdx.x * stride];  // READ
    y[threadIdx.x] = v;  // WRITE
}

extern "C" __global__ void copy_vectors(const float4* x, float4* y, int stride) {
    y[threadIdx.x] = x[threadIdx.x];
}

extern "C" __global__ void shared_strided(const float* x, float* y, int stride) {
    __shared__ float tile[32 * 33];
    for (int i = threadIdx.x; i < 32 * 33; i += 32) {
        tile[i] = i;
    }
    __syncwarp();
    y[threadIdx.x] = tile[threadIdx.x * stride];  // SHARED
}

extern "C" __global__ void diverging(const float* x, float* y, int odd) {
    float v = x[threadIdx.x];
    if ((threadIdx.x & 1) < odd) {
        for (int i = 0; i < 10; i++) {
            asm volatile("fma.rn.f32 %0, %0, %0, %0;" : "+f"(v));  // LOOP
        }
    }
    y[threadIdx.x] = v;
}
