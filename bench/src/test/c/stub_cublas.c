/* A stand-in for cuBLAS in host memory: the four functions that the benchmarks call, column-major as the real one, plain loops. */
#include <stdint.h>
#include <string.h>

static int handle;

int cublasCreate_v2(void **out) { *out = &handle; return 0; }
int cublasDestroy_v2(void *h) { return h == &handle ? 0 : 1; }
int cublasSetStream_v2(void *h, void *stream) { return h == &handle && stream == (void *)4711 ? 0 : 7; }
int cublasGetVersion_v2(void *h, int *version) { *version = 130100; return h == &handle ? 0 : 1; }

static float get(const void *p, int type, long at) {
    if (type == 0) return ((const float *)p)[at];
    uint32_t bits = (uint32_t)((const uint16_t *)p)[at] << 16;
    float out;
    memcpy(&out, &bits, 4);
    return out;
}

static void set(void *p, int type, long at, float value) {
    if (type == 0) { ((float *)p)[at] = value; return; }
    uint32_t bits;
    memcpy(&bits, &value, 4);
    ((uint16_t *)p)[at] = (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

int cublasGemmEx(void *h, int opA, int opB, int m, int n, int k, const float *alpha, const void *a, int typeA, int lda, const void *b, int typeB,
                 int ldb, const float *beta, void *c, int typeC, int ldc, int compute, int algorithm) {
    if (h != &handle || compute != 68 || algorithm != -1 || *alpha != 1 || *beta != 0) return 7;
    if (lda < (opA ? k : m) || ldb < (opB ? n : k) || ldc < m) return 7; /* as the real one refuses them */
    for (int j = 0; j < n; j++)
        for (int i = 0; i < m; i++) {
            float sum = 0;
            for (int l = 0; l < k; l++)
                sum += get(a, typeA, opA ? l + (long)i * lda : i + (long)l * lda) * get(b, typeB, opB ? j + (long)l * ldb : l + (long)j * ldb);
            set(c, typeC, i + (long)j * ldc, sum);
        }
    return 0;
}
