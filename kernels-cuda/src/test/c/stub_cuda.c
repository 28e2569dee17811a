/* A libcuda.so.1 without a GPU: device memory is host memory, one kernel ("scale") is known, captured work is recorded and replayed.
 * It lets the host code run through JCuda for real: argument blocks, staging, capture, errors. Sizes: STUB_MEMORY bytes of memory.
 *   gcc -shared -fPIC -O1 -o libcuda.so.1 stub_cuda.c */
#include <stdlib.h>
#include <string.h>
#include <stdio.h>

#define OUT_OF_MEMORY 2
#define NOT_FOUND 500
#define MOST 256

typedef struct { char kind; char name[32]; unsigned long long to, from; size_t bytes; float factor; long long n; unsigned char value; } Work;
typedef struct { int count; Work work[MOST]; } Graph;

static size_t left = 64 << 20;
static Graph *capturing;
static int version = 12080, major = 9;
static struct { void *p; size_t size; } blocks[4096];

static int number(const char *name, int fallback) { const char *s = getenv(name); return s ? atoi(s) : fallback; }

/* STUB_FAIL=call:code:n lets the n-th call of that name fail, and all that follow. */
static int fails(const char *call) {
    static int seen;
    char name[64];
    int code, n;
    const char *s = getenv("STUB_FAIL");
    return s && sscanf(s, "%63[^:]:%d:%d", name, &code, &n) == 3 && !strcmp(name, call) && ++seen >= n ? code : 0;
}
#define FAIL do { int code = fails(__func__); if (code) return code; } while (0)

int cuInit(unsigned flags) { FAIL; left = (size_t) number("STUB_MEMORY", 64 << 20); version = number("STUB_VERSION", version); major = number("STUB_MAJOR", major); return number("STUB_INIT", 0); }
int cuDriverGetVersion(int *v) { FAIL; *v = version; return 0; }
int cuDeviceGetCount(int *n) { FAIL; *n = number("STUB_DEVICES", 1); return 0; }
int cuDeviceGet(int *d, int i) { FAIL; *d = i; return 0; }
int cuDeviceGetName(char *name, int size, int d) { FAIL; snprintf(name, size, "Stub GPU"); return 0; }
int cuDeviceGetAttribute(int *v, int which, int d) { FAIL;
    *v = which == 75 ? major : which == 76 ? 0 : which == 16 ? 4 : which == 38 ? 1 << 20 : which == 97 ? 232448 : 0;
    return 0;
}
int cuDevicePrimaryCtxRetain(void **c, int d) { FAIL; *c = (void *) 0x1; return 0; }
int cuDevicePrimaryCtxRelease_v2(int d) { FAIL; return 0; }
int cuCtxSetCurrent(void *c) { FAIL; return 0; }
int cuMemGetInfo_v2(size_t *free, size_t *total) { FAIL; *free = left; *total = 64 << 20; return 0; }
int cuMemAlloc_v2(unsigned long long *p, size_t bytes) { FAIL;
    if (bytes > left) return OUT_OF_MEMORY;
    for (int i = 0; i < 4096; i++) if (!blocks[i].p) {
        blocks[i].p = aligned_alloc(256, (bytes + 255) / 256 * 256);
        blocks[i].size = bytes;
        left -= bytes;
        memset(blocks[i].p, 0xcd, bytes);
        *p = (unsigned long long) blocks[i].p;
        return 0;
    }
    return OUT_OF_MEMORY;
}
int cuMemFree_v2(unsigned long long p) { FAIL;
    for (int i = 0; i < 4096; i++) if (blocks[i].p == (void *) p) { left += blocks[i].size; free(blocks[i].p); blocks[i].p = 0; return 0; }
    return 1;
}
int cuMemAllocHost_v2(void **p, size_t bytes) { FAIL; *p = aligned_alloc(4096, bytes); return 0; }
int cuMemFreeHost(void *p) { FAIL; free(p); return 0; }

static void run(const Work *w) {
    if (w->kind == 'c') memcpy((void *) w->to, (void *) w->from, w->bytes);
    if (w->kind == 'f') memset((void *) w->to, w->value, w->bytes);
    if (w->kind == 'k') for (long long i = 0; i < w->n; i++) ((float *) w->to)[i] = w->factor * ((float *) w->from)[i];
}
static int add(Work w) {
    if (!capturing) { run(&w); return 0; }
    if (capturing->count == MOST) return 1;
    capturing->work[capturing->count++] = w;
    return 0;
}
int cuMemcpyHtoDAsync_v2(unsigned long long to, const void *from, size_t bytes, void *s) { FAIL; memcpy((void *) to, from, bytes); return 0; }
int cuMemcpyDtoHAsync_v2(void *to, unsigned long long from, size_t bytes, void *s) { FAIL; memcpy(to, (void *) from, bytes); return 0; }
int cuMemcpyDtoDAsync_v2(unsigned long long to, unsigned long long from, size_t bytes, void *s) { FAIL; Work w = {'c', "", to, from, bytes}; return add(w); }
int cuMemsetD8Async(unsigned long long to, unsigned char value, size_t bytes, void *s) { FAIL; Work w = {'f', "", to, 0, bytes, 0, 0, value}; return add(w); }

int cuModuleLoadData(void **m, const void *image) { FAIL; *m = (void *) 0x2; return strstr(image, ".version") ? 0 : 218; }
int cuModuleUnload(void *m) { FAIL; return 0; }
int cuModuleGetFunction(void **f, void *m, const char *name) { FAIL; *f = strdup(name); return strcmp(name, "scale") && !getenv("STUB_ANY") ? NOT_FOUND : 0; }
int cuFuncSetAttribute(void *f, int which, int value) { FAIL; return which == 8 && value <= 232448 ? 0 : 1; }
/* scale(const void* x, float factor, void* out, int narrow, long long n), narrow 0: floats */
int cuLaunchKernel(void *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void *s, void **p, void **extra) { FAIL;
    if (strcmp(f, "scale")) { Work none = {'n'}; return add(none); } /* with STUB_ANY: computes nothing */
    Work w = {'k', "scale", *(unsigned long long *) p[2], *(unsigned long long *) p[0], 0, *(float *) p[1], *(long long *) p[4]};
    if (4LL * gx * bx < w.n) return 1; /* four elements a thread */
    return add(w);
}
int cuStreamCreate(void **s, unsigned flags) { FAIL; *s = (void *) 0x3; return 0; }
int cuStreamDestroy_v2(void *s) { FAIL; return 0; }
int cuStreamSynchronize(void *s) { FAIL; return 0; }
int cuStreamBeginCapture_v2(void *s, int mode) { FAIL; capturing = calloc(1, sizeof(Graph)); return 0; }
int cuStreamEndCapture(void *s, void **g) { FAIL; *g = capturing; capturing = 0; return 0; }
int cuGraphInstantiateWithFlags(void **e, void *g, unsigned long long flags) { FAIL; *e = memcpy(malloc(sizeof(Graph)), g, sizeof(Graph)); return 0; }
int cuGraphDestroy(void *g) { FAIL; free(g); return 0; }
int cuGraphExecDestroy(void *e) { FAIL; free(e); return 0; }
int cuGraphLaunch(void *e, void *s) { FAIL; Graph *g = e; for (int i = 0; i < g->count; i++) run(&g->work[i]); return 0; }
int cuEventCreate(void **e, unsigned flags) { FAIL; *e = (void *) 0x4; return 0; }
int cuEventDestroy_v2(void *e) { FAIL; return 0; }
int cuEventRecord(void *e, void *s) { FAIL; return 0; }
int cuEventSynchronize(void *e) { FAIL; return 0; }
int cuEventQuery(void *e) { FAIL; static int asked; return asked++ ? 0 : 600; } /* at first not ready */
int cuEventElapsedTime(float *ms, void *a, void *b) { FAIL; *ms = 1.5f; return 0; }
