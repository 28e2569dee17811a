package org.xprompt4j.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The host code through JCuda for real, over a stub of the driver's library that gcc makes from {@code src/test/c}. Without gcc these
 * tests are skipped; the emulator's tests run the same host code in any case.
 */
class NvidiaDriverTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        Path source = Path.of("src/test/c/stub_cuda.c").toAbsolutePath();
        Process gcc;
        try {
            gcc = new ProcessBuilder("gcc", "-shared", "-fPIC", "-O1", "-o", folder.resolve("libcuda.so.1").toString(), source.toString())
                    .redirectErrorStream(true).start();
        } catch (IOException e) {
            Assumptions.abort("gcc is needed to make the stub of libcuda: " + e.getMessage());
            return;
        }
        String output = new String(gcc.getInputStream().readAllBytes());
        assertThat(gcc.waitFor()).as(output).isZero();
    }

    private static String run(Class<?> program, Map<String, String> environment, boolean withDriver) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(java.toString(), "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("natives")), "-cp", System.getProperty("java.class.path"),
                program.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LD_LIBRARY_PATH", withDriver ? folder.toString() : File.separator + "nowhere");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(output).isTrue();
        return output;
    }

    @Test
    void argumentsStagingGraphsAndErrors() throws Exception {
        String output = run(StubDriverRun.class, Map.of(), true);
        assertThat(output).contains("device: DeviceProperties[name=Stub GPU, major=9, minor=0, multiprocessors=4").endsWith("ok\n");
    }

    /** call, code, which call of that name, what the one line must hold. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "none | 0 | 1 | ok",
        "cuInit | 999 | 1 | InvalidInput: device cuda cannot be used: cuInit failed: CUDA_ERROR_UNKNOWN; run the same work with --device ptx",
        "cuDriverGetVersion | 999 | 1 | InvalidInput: device cuda cannot be used: cuDriverGetVersion failed",
        "cuDeviceGet | 101 | 1 | InvalidInput: device cuda cannot be used: cuDeviceGet failed: CUDA_ERROR_INVALID_DEVICE; ",
        "cuDeviceGetAttribute | 999 | 1 | InvalidInput: device cuda cannot be used: cuDeviceGetAttribute failed",
        "cuDevicePrimaryCtxRetain | 46 | 1 | InvalidInput: device cuda cannot be opened: cuDevicePrimaryCtxRetain failed; another program has the GPU",
        "cuCtxSetCurrent | 201 | 1 | InvalidInput: device cuda cannot be opened: cuCtxSetCurrent failed",
        "cuStreamCreate | 2 | 1 | InvalidInput: device cuda cannot be opened: cuStreamCreate failed: CUDA_ERROR_OUT_OF_MEMORY; use a smaller batch",
        "cuDeviceGetName | 999 | 1 | InvalidInput: device cuda cannot be opened: cuDeviceGetName failed",
        "cuMemAllocHost_v2 | 2 | 1 | InvalidInput: device cuda cannot be opened: cuMemAllocHost of 8388608 bytes failed: CUDA_ERROR_OUT_OF_MEMORY; ",
        "cuMemAlloc_v2 | 2 | 3 | InvalidInput: F32[3, 5]: out of memory on Stub GPU: scope 'work' asked for; in use; use a smaller batch or model",
        "cuMemAlloc_v2 | 214 | 3 | CudaException: cuMemAlloc of; for 'work' failed: CUDA_ERROR_ECC_UNCORRECTABLE; the GPU's memory is damaged",
        "cuMemcpyHtoDAsync_v2 | 700 | 2 | CudaException: writing to memory of scope 'work': cuMemcpyHtoDAsync of; bytes failed; run the same work",
        "cuMemcpyDtoHAsync_v2 | 700 | 1 | CudaException: reading memory of scope 'work': cuMemcpyDtoHAsync of; bytes failed; run the same work",
        "cuMemcpyDtoDAsync_v2 | 1 | 1 | CudaException: copy of F32[3, 5]: cuMemcpyDtoDAsync of 60 bytes failed: CUDA_ERROR_INVALID_VALUE; run the same work",
        "cuMemsetD8Async | 700 | 1 | CudaException: fill of F32[3, 5]: cuMemsetD8Async of 60 bytes failed; the context is lost",
        "cuModuleLoadData | 222 | 1 | CudaException: cuModuleLoadData of rms_norm.ptx on Stub GPU, driver for CUDA 12.8 failed; the driver is too old",
        "cuModuleGetFunction | 500 | 1 | CudaException: cuModuleGetFunction of rms_norm.; failed: CUDA_ERROR_NOT_FOUND; run the same work",
        "cuLaunchKernel | 701 | 1 | CudaException: kernel rms_norm.; over [F32[3, 5], ; launch failed; the kernel asks for more registers",
        "cuLaunchKernel | 719 | 2 | CudaException: kernel ; over [F32; launch failed: CUDA_ERROR_LAUNCH_FAILED; with --device ptx",
        "cuStreamSynchronize | 700 | 1 | CudaException: reading memory of scope 'work': cuStreamSynchronize (the last kernel queued is ; failed; the context is lost",
        "cuStreamBeginCapture_v2 | 900 | 1 | CudaException: cuStreamBeginCapture failed; run the same work",
        "cuStreamEndCapture | 901 | 1 | CudaException: cuStreamEndCapture failed; run the same work",
        "cuGraphInstantiateWithFlags | 2 | 1 | CudaException: cuGraphInstantiate of 1 operations failed: CUDA_ERROR_OUT_OF_MEMORY; use a smaller",
        "cuGraphLaunch | 719 | 3 | CudaException: cuGraphLaunch of 1 operations failed: CUDA_ERROR_LAUNCH_FAILED; the context is lost",
        "cuEventCreate | 2 | 1 | InvalidInput: device cuda cannot be opened: cuEventCreate failed",
        "cuEventRecord | 700 | 1 | CudaException: ; cuEventRecord failed; the context is lost",
        "cuEventQuery | 700 | 1 | CudaException: cuEventQuery (the last kernel queued is elementwise.; failed; the context is lost"})
    void everyCallThatFailsIsOneLineThatSaysWhatToDo(String call, int code, int which, String parts) throws Exception {
        String output = run(StubFailureRun.class, Map.of("STUB_ANY", "1", "STUB_FAIL", call + ":" + code + ":" + which), true);
        assertThat(output).hasLineCount(1);
        for (String part : parts.split("; ?")) {
            assertThat(output).contains(part);
        }
    }

    @Test
    void obstaclesAreOneLineEach() throws Exception {
        assertThat(run(StubDriverRun.class, Map.of("STUB_INIT", "100"), true)).startsWith("obstacle: cuInit failed: CUDA_ERROR_NO_DEVICE; no GPU is visible").hasLineCount(1);
        assertThat(run(StubDriverRun.class, Map.of("STUB_DEVICES", "0"), true)).startsWith("obstacle: the driver shows no GPU").hasLineCount(1);
        assertThat(run(StubDriverRun.class, Map.of("STUB_VERSION", "11080"), true)).startsWith("obstacle: the driver is for CUDA 11.8").hasLineCount(1);
        assertThat(run(StubDriverRun.class, Map.of("STUB_MAJOR", "7"), true)).startsWith("obstacle: GPU 0 has compute capability 7.0; the kernels need 8.0").hasLineCount(1);
        assertThat(run(StubDriverRun.class, Map.of(), false)).startsWith("obstacle: no NVIDIA driver on this machine").hasLineCount(1);
    }
}
