package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tensor.file.SafetensorsWriter;

/** {@code xp kernel}: lists, profiles that agree with themselves and fit the screen, kernels of files run right, refused or found at fault. */
class KernelCommandsTest {
    /** y = a x + y, with line information. */
    private static final String SAXPY = """
            .version 8.0
            .target sm_80
            .address_size 64
            .visible .entry _Z5saxpyifPKfPf(.param .u32 n, .param .f32 a, .param .u64 x, .param .u64 y)
            {
            .reg .b32 %i, %n, %c, %d, %t; .reg .f32 %a, %x, %y; .reg .b64 %px, %py, %o; .reg .pred %p;
            .loc 1 3 1
            mov.u32 %c, %ctaid.x; mov.u32 %d, %ntid.x; mov.u32 %t, %tid.x; mad.lo.s32 %i, %c, %d, %t;
            ld.param.u32 %n, [n]; setp.ge.s32 %p, %i, %n; @%p bra DONE;
            .loc 1 5 1
            ld.param.f32 %a, [a]; ld.param.u64 %px, [x]; ld.param.u64 %py, [y];
            mul.wide.s32 %o, %i, 4; add.s64 %px, %px, %o; add.s64 %py, %py, %o;
            ld.global.f32 %x, [%px]; ld.global.f32 %y, [%py]; fma.rn.f32 %y, %a, %x, %y; st.global.f32 [%py], %y;
            DONE: ret;
            }
            .file 1 "/nowhere/saxpy.cu"
            """;

    @TempDir
    Path dir;

    @BeforeEach
    void aKernelAndItsBuffers() throws IOException {
        Files.writeString(dir.resolve("saxpy.ptx"), SAXPY);
        try (Backend backend = Backends.open("scalar"); MemoryScope scope = backend.openScope("buffers")) {
            new SafetensorsWriter().metadata("note", "kept").add("x", scope.of(new float[] {1, 2, 3, 4, 5}, 5)).add("y", scope.of(new float[] {10, 20, 30, 40, 50}, 5))
                    .add("ids", scope.of(new int[] {7, 8}, 2)).writeTo(dir.resolve("in.safetensors"));
        }
    }

    private static List<String> saxpy(String n, String... more) {
        List<String> args = new java.util.ArrayList<>(List.of("kernel", "run", "saxpy.ptx", "--entry", "saxpy", "--grid", "2", "--block", "4", "--arg", "i32:" + n,
                "--arg", "f32:0.5", "--arg", "buf:x", "--arg", "buf:y", "--in", "in.safetensors", "--out", "out.safetensors"));
        args.addAll(List.of(more));
        return args;
    }

    private XpProcess.Result xp(List<String> args) {
        return XpProcess.in(dir, args.toArray(String[]::new));
    }

    @Test
    void aKernelOfAFileRuns() {
        Json json = xp(saxpy("5", "--json")).done().json();
        assertThat(json.string("kernel")).isEqualTo("saxpy");
        assertThat(json.integer("warp_instructions")).isBetween(20, 60);
        try (SafetensorsFile out = SafetensorsFile.open(dir.resolve("out.safetensors"))) {
            assertThat(out.tensor("y").toFloatArray()).containsExactly(10.5f, 21, 31.5f, 42, 52.5f);
            assertThat(out.tensor("x").toFloatArray()).containsExactly(1, 2, 3, 4, 5);
            assertThat(out.tensor("ids").toIntArray()).containsExactly(7, 8);
            assertThat(out.metadata()).containsEntry("note", "kept");
        }
    }

    @Test
    void aFaultIsOneLineAndLeavesNoFile() {
        xp(saxpy("8")).refusedWith("xp: saxpy.ptx: out-of-bounds access", "saxpy.cu:5", "block (1,0,0), thread (1,0,0)", "0 bytes past the end of allocation 'x' of 20 bytes");
        assertThat(dir.resolve("out.safetensors")).doesNotExist();
        xp(saxpy("5", "--max-instructions", "9")).refusedWith("instruction limit reached: 9 warp instructions");
        assertThat(dir.resolve("out.safetensors")).doesNotExist();
    }

    @Test
    void wrongUseIsOneLine() throws IOException {
        XpCall call = new XpCall(dir);
        String ptx = dir.resolve("saxpy.ptx").toString();
        String in = dir.resolve("in.safetensors").toString();
        List<String> start = List.of("kernel", "run", ptx, "--entry", "saxpy", "--block", "4", "--in", in);
        Map<String, List<String>> wrong = new TreeMap<>(Map.of(
                "takes 4 arguments (4 bytes, 4 bytes, 8 bytes, 8 bytes), 1 are given", List.of("--arg", "i32:5"),
                "names a buffer that is not there; there are x, y, ids", List.of("--arg", "i32:5", "--arg", "f32:1", "--arg", "buf:z", "--arg", "buf:y"),
                "takes 4 bytes (.f32), not 8", List.of("--arg", "i32:5", "--arg", "f64:1", "--arg", "buf:x", "--arg", "buf:y"),
                "--arg 'five' must be KIND:VALUE", List.of("--arg", "five"),
                "--grid '1,0' must be one to three positive numbers", List.of("--grid", "1,0"),
                "--symbol 'v=none'", List.of("--symbol", "v=none"),
                "--max-instructions must be positive", List.of("--max-instructions", "0"),
                "shared memory: at most", List.of("--shared", "999999", "--arg", "i32:5", "--arg", "f32:1", "--arg", "buf:x", "--arg", "buf:y")));
        wrong.forEach((words, more) -> {
            List<String> args = new java.util.ArrayList<>(start);
            args.addAll(more);
            call.refuses(args, words);
        });
        call.refuses(List.of("kernel"), "say what to do: list, profile or run");
        call.refuses(List.of("kernel", "run", ptx, "--entry", "none", "--block", "1"), "has no kernel 'none'", "_Z5saxpyifPKfPf");
        call.refuses(List.of("kernel", "run", dir.resolve("no.ptx").toString(), "--entry", "k", "--block", "1"), "no such file");
        call.refuses(List.of("kernel", "run", ptx, "--entry", "saxpy", "--block", "1", "--out", dir.resolve("o").toString()), "--out needs --in");
        call.refuses(List.of("kernel", "run", in, "--entry", "k", "--block", "1"), in);
        Files.writeString(dir.resolve("hopper.ptx"), SAXPY.replace("DONE: ret;", "DONE: wgmma.fence.sync.aligned; ret;"));
        call.refuses(List.of("kernel", "run", dir.resolve("hopper.ptx").toString(), "--entry", "saxpy", "--block", "1"), "needs compute_90a", "not emulated", "saxpy.cu:5");
        call.refuses(List.of("kernel", "profile", "none"), "kernel 'none' is not known", "rms_norm");
        call.refuses(List.of("kernel", "profile", "rms_norm", "--shape", "rows"), "--shape: 'rows' must be AXIS=SIZE");
        call.refuses(List.of("kernel", "profile", "rms_norm", "--shape", "cols=3"), "no axis 'cols'; it has rows=64,dim=160");
        call.refuses(List.of("kernel", "profile", "rms_norm", "--weights", "f16"), "use f32 or bf16");
        call.refuses(List.of("kernel", "profile", "rms_norm", "--top", "0"), "--top must be at least 1");
    }

    @Test
    void aProfileFitsTheScreenAndAgreesWithItself() {
        String out = xp(List.of("kernel", "profile", "rms_norm", "--shape", "rows=8,dim=100")).done().out();
        assertThat(out).contains("forward (rms_norm.ptx), grid 8, block", "bound by", "H100", "rms_norm.cu", "sect/req");
        assertThat(out.lines().filter(line -> line.length() > 100)).as("lines wider than 100").isEmpty();
        Json json = xp(List.of("kernel", "profile", "rms_norm", "--shape", "rows=8,dim=100", "--json")).done().json();
        long sum = json.get("lines").elements().stream().mapToLong(line -> line.integer("warp_instructions")).sum();
        assertThat(sum).isEqualTo(json.integer("warp_instructions")).isPositive();
        assertThat(json.get("traffic").integer("global_written")).isEqualTo(8 * 100 * 4 + 8 * 4);
        assertThat(json.get("roofline").number("seconds")).isPositive();
    }

    @Test
    void everythingThatIsListedIsDescribed() {
        XpProcess.Result list = new XpCall(dir).run("kernel", "list", "--json").done();
        List<String> lines = list.out().lines().toList();
        assertThat(lines).hasSizeGreaterThan(30);
        for (String line : lines) {
            Json operation = Json.parse(line.getBytes(StandardCharsets.UTF_8), "list");
            assertThat(operation.string("summary")).isNotBlank();
            assertThat(operation.get("kernels").elements()).isNotEmpty();
        }
        assertThat(new XpCall(dir).run("kernel", "list").done().out()).contains("rms_norm", "rows=64,dim=160", "(rms_norm.cu)");
        for (String command : List.of("list", "profile", "run")) {
            assertThat(new XpCall(dir).run("kernel", command, "--help").done().out()).contains("Examples:", "xp kernel " + command);
        }
    }

    @Test
    void aProfileOfAKernelOfAFile() {
        String out = new XpCall(dir).run("kernel", "run", dir.resolve("saxpy.ptx").toString(), "--entry", "saxpy", "--grid", "2", "--block", "4", "--arg", "i32:5", "--arg", "f32:1",
                "--arg", "buf:x", "--arg", "buf:y", "--in", dir.resolve("in.safetensors").toString(), "--profile").done().out();
        assertThat(out).contains("saxpy.cu", "40 B read, 20 B written; distinct: 64 B and 32 B");
    }

    /** Without the jar of the kernels one line says what is missing. */
    @Test
    void withoutTheModuleOneLineSaysSo() {
        String path = String.join(java.io.File.pathSeparator, List.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator)).stream()
                .filter(entry -> !entry.contains("kernels-cuda")).toList());
        XpProcess.Result result = XpProcess.run(dir, List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-cp", path, "org.xprompt4j.xprompt.cli.Main", "kernel", "list"));
        result.refusedWith("xprompt4j-kernels-cuda, which is not on the class path");
    }
}
