// Philox4x32-10 (Salmon et al., SC 2011) exactly as org.xprompt4j.tensor.Philox: key = seed, counter = (position, stream).
#pragma once

// Word (index & 3) of the block at position index / 4.
__device__ __forceinline__ unsigned philox_word(i64 seed, i64 stream, i64 index) {
    unsigned long long position = (unsigned long long) index >> 2;
    unsigned c0 = (unsigned) position, c1 = (unsigned) (position >> 32);
    unsigned c2 = (unsigned) stream, c3 = (unsigned) ((unsigned long long) stream >> 32);
    unsigned k0 = (unsigned) seed, k1 = (unsigned) ((unsigned long long) seed >> 32);
#pragma unroll
    for (int round = 0; round < 10; round++) {
        unsigned h0 = __umulhi(0xD2511F53u, c0), l0 = 0xD2511F53u * c0;
        unsigned h1 = __umulhi(0xCD9E8D57u, c2), l1 = 0xCD9E8D57u * c2;
        c0 = h1 ^ c1 ^ k0;
        c2 = h0 ^ c3 ^ k1;
        c1 = l1;
        c3 = l0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    int word = (int) (index & 3);
    return word == 0 ? c0 : word == 1 ? c1 : word == 2 ? c2 : c3;
}

// Uniform on (0, 1), the middle of one of 2^23 cells; exact.
__device__ __forceinline__ float philox_uniform(i64 seed, i64 stream, i64 index) {
    return ((float) (philox_word(seed, stream, index) >> 9) + 0.5f) * 1.1920928955078125e-7f;
}

// Standard Gumbel noise, computed in float64 and rounded, as on the CPU.
__device__ __forceinline__ float philox_gumbel(i64 seed, i64 stream, i64 index) {
    return (float) -log(-log((double) philox_uniform(seed, stream, index)));
}
