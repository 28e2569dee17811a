"""Compiles CUDA sources of other projects to PTX for compute_80: compile.py LLM_C CUDA_SAMPLES FOLDER, the first two being checkouts.

Libraries that the host code calls (cuBLAS) are replaced by a header of empty functions, for only the kernels are wanted.
"""
import os
import re
import subprocess
import sys
import tempfile

NAMES = ("cublasSgemm cublasSgemv cublasSgemmStridedBatched cublasGemmStridedBatchedEx cublasCreate cublasDestroy cublasSetMathMode cublasLtCreate "
         "cublasLtDestroy cublasLtMatmul cublasLtMatmulAlgoGetHeuristic cublasLtMatmulDescCreate cublasLtMatmulDescDestroy "
         "cublasLtMatmulDescSetAttribute cublasLtMatmulPreferenceCreate cublasLtMatmulPreferenceDestroy cublasLtMatmulPreferenceSetAttribute "
         "cublasLtMatrixLayoutCreate cublasLtMatrixLayoutDestroy").split()
TYPES = ("cublasHandle_t cublasLtHandle_t cublasLtMatmulDesc_t cublasLtMatrixLayout_t cublasLtMatmulPreference_t").split()
NUMBERS = "cublasStatus_t cublasComputeType_t cublasMath_t cublasOperation_t cublasLtEpilogue_t".split()
CONSTANTS = ("CUBLAS_STATUS_SUCCESS CUBLAS_OP_N CUBLAS_OP_T CUBLAS_COMPUTE_32F CUBLAS_COMPUTE_32F_FAST_TF32 CUBLAS_COMPUTE_16F CUBLAS_TF32_TENSOR_OP_MATH "
             "CUBLAS_DEFAULT_MATH CUBLAS_GEMM_DEFAULT CUBLAS_GEMM_DEFAULT_TENSOR_OP CUBLASLT_EPILOGUE_DEFAULT CUBLASLT_EPILOGUE_BIAS "
             "CUBLASLT_EPILOGUE_GELU CUBLASLT_EPILOGUE_GELU_BIAS CUBLASLT_EPILOGUE_BGRADB CUBLASLT_MATMUL_DESC_EPILOGUE CUBLASLT_MATMUL_DESC_TRANSA "
             "CUBLASLT_MATMUL_DESC_TRANSB CUBLASLT_MATMUL_DESC_BIAS_POINTER CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES").split()
HEADER = "\n".join(["#pragma once", "#include <cstdint>", "#include <cuda_runtime.h>", "#include <cuda_bf16.h>", "#include <cuda_fp16.h>",
                    "#include <library_types.h>"] + ["typedef void* %s;" % t for t in TYPES] + ["typedef int %s;" % t for t in NUMBERS]
                   + ["struct cublasLtMatmulHeuristicResult_t { int algo; };", "enum { %s };" % ", ".join(CONSTANTS)]
                   + ["template<class... A> int %s(A...) { return 0; }" % n for n in NAMES]) + "\n"


def main(llmc, samples, out):
    os.makedirs(out, exist_ok=True)
    work = [("llmc_dev_cuda_" + f[:-3], os.path.join(llmc, "dev/cuda", f)) for f in sorted(os.listdir(os.path.join(llmc, "dev/cuda"))) if f.endswith(".cu")]
    for folder, _, files in sorted(os.walk(os.path.join(samples, "Samples"))):
        for f in sorted(files):
            if f.endswith(".cu"):
                path = os.path.join(folder, f)
                work.append((re.sub(r"^.*/Samples/[^/]+/", "", path)[:-3].replace("/", "_"), path))
    made = 0
    with tempfile.TemporaryDirectory() as stub:
        for name in ("cublas_v2.h", "cublasLt.h"):
            with open(os.path.join(stub, name), "w") as file:
                file.write(HEADER)
        for name, path in work:
            here = os.path.dirname(path)
            done = subprocess.run(["nvcc", "-arch=compute_80", "-ptx", "-lineinfo", "-std=c++17", "-I", stub, "-I", os.path.join(samples, "Common"),
                                   "-I", os.path.join(llmc, "llmc"), "-I", here, "-I", os.path.join(here, ".."), "-I", os.path.join(here, "../inc"),
                                   "-o", os.path.join(out, name + ".ptx"), path], capture_output=True, text=True)
            made += done.returncode == 0
            if done.returncode != 0:
                print("%s: %s" % (name, next((line for line in done.stderr.splitlines() if "error" in line), "nvcc failed")))
    print("%d of %d compiled" % (made, len(work)))


main(*sys.argv[1:])
