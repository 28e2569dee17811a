package org.xprompt4j.xprompt.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.kernel.Dim3;
import org.xprompt4j.tensor.kernel.KernelLab;
import org.xprompt4j.tensor.kernel.KernelLaunch;
import org.xprompt4j.tensor.kernel.KernelRun;
import org.xprompt4j.tensor.kernel.KernelRun.Argument;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp kernel run}: anybody's kernel, checked. */
@Command(name = "run", header = "runs a kernel of any PTX file, every access checked", description = {
    "Runs one kernel of a PTX file (target sm_80 or below; 'nvcc -arch=compute_80 -ptx -lineinfo' makes one) on an emulator.",
    "Buffers are the tensors of a safetensors file; after the run they are written under the same names. Whatever the kernel does wrong -",
    "an access out of bounds or misaligned, a race, memory read that nobody wrote, a barrier that not all reach, a deadlock - ends in exit code 2",
    "and one line with kernel, source line, block, thread and buffer; no file is written then. What the kernel prints goes to standard error."},
        footerHeading = "%nArguments, in the kernel's order:%n",
        footer = {
            "  i8:N i16:N i32:N i64:N u8:N ... u64:N   whole numbers, also as 0x...",
            "  f16:X bf16:X f32:X f64:X                numbers, inf, -inf, nan",
            "  buf:NAME  buf:NAME+BYTES  null          the address of a tensor, or inside it; the null pointer",
            "  hex:00ff...                             the bytes of a structure passed by value",
            "",
            "Examples:",
            "  xp kernel run saxpy.ptx --entry saxpy --grid 4 --block 256 --arg i32:1000 --arg f32:2 --arg buf:x --arg buf:y \\",
            "      --in before.safetensors --out after.safetensors",
            "  xp kernel run filter.ptx --entry rows --grid 2,64 --block 16,4 --arg buf:to --arg buf:from --symbol weights=taps --in p.safetensors",
            "  xp kernel run reduce.ptx --entry sum --block 256 --shared 1024 --arg buf:x --arg buf:y --in x.safetensors --profile"})
final class KernelRunCommand implements Callable<Integer> {
    private static final long MOST_PTX = 64 << 20;

    @Mixin
    private CommonOptions common;

    @Parameters(paramLabel = "FILE.ptx", description = "the PTX file")
    private Path file;

    @Option(names = "--entry", required = true, paramLabel = "NAME", description = "the kernel, by the name in the file")
    private String entry;

    @Option(names = "--grid", paramLabel = "X,Y,Z", defaultValue = "1", description = "blocks; Y and Z may be left out; default: ${DEFAULT-VALUE}")
    private String grid;

    @Option(names = "--block", required = true, paramLabel = "X,Y,Z", description = "threads of a block; Y and Z may be left out")
    private String block;

    @Option(names = "--shared", paramLabel = "BYTES", defaultValue = "0", description = "dynamic shared memory of a block; default: ${DEFAULT-VALUE}")
    private int shared;

    @Option(names = "--arg", paramLabel = "KIND:VALUE", description = "an argument, see below; once for each, in order")
    private List<String> arguments = List.of();

    @Option(names = "--in", paramLabel = "FILE.safetensors", description = "the buffers")
    private Path in;

    @Option(names = "--out", paramLabel = "FILE.safetensors", description = "where the buffers go after the run: the file of --in with other bytes in it")
    private Path out;

    @Option(names = "--symbol", paramLabel = "VARIABLE=TENSOR",
            description = "fill a __constant__ or __device__ variable from a tensor before the run; it is read back too")
    private List<String> symbols = List.of();

    @Option(names = "--max-instructions", paramLabel = "N", defaultValue = "1000000000",
            description = "stop the kernel after this many instructions of warps; default: ${DEFAULT-VALUE}")
    private long maxInstructions;

    @Option(names = "--no-check", description = "do not look for races and for reads of memory that nobody wrote: faster")
    private boolean unchecked;

    @Option(names = "--profile", description = "count as 'xp kernel profile' does, and print the same table")
    private boolean profile;

    @Mixin
    private KernelTableOptions table;

    @Override
    public Integer call() {
        table.check();
        if (maxInstructions < 1) {
            throw new InvalidInput("--max-instructions must be positive, is " + maxInstructions);
        }
        if (out != null && in == null) {
            throw new InvalidInput("--out needs --in: the buffers that it holds are those of --in");
        }
        KernelLab lab = KernelLab.find();
        if (out != null) {
            OutputPlace.file(out);
        }
        String ptx = read();
        try (KernelBuffers buffers = KernelBuffers.open(in)) {
            KernelRun run = new KernelRun(ptx, file.toString(), entry, size("--grid", grid), size("--block", block), shared, parsed(),
                    buffers.bytes(), symbols(buffers), maxInstructions, !unchecked, profile);
            KernelLaunch launch = lab.run(run);
            if (out != null) {
                buffers.write(out);
            }
            KernelTable result = new KernelTable(launch, 1);
            common.result(profile ? result.json(entry) : brief(launch), () -> {
                if (profile) {
                    result.print(common.out(), table);
                } else {
                    common.out().println(String.format(java.util.Locale.ROOT, "%s: %,d instructions of warps, %,d of threads%s", entry,
                            launch.report().warpInstructions(), launch.report().laneInstructions(), out == null ? "" : "; " + out));
                }
            });
        }
        return Main.DONE;
    }

    private Map<String, Object> brief(KernelLaunch launch) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("kernel", entry);
        result.put("warp_instructions", launch.report().warpInstructions());
        result.put("lane_instructions", launch.report().laneInstructions());
        result.put("out", out == null ? null : out.toString());
        return result;
    }

    private String read() {
        try {
            if (!Files.isRegularFile(file)) {
                throw new InvalidInput(file + ": " + (Files.exists(file) ? "is not a file" : "no such file"));
            }
            if (Files.size(file) > MOST_PTX) {
                throw new InvalidInput(file + ": " + Files.size(file) + " bytes are more than the " + MOST_PTX + " that are read; is this PTX?");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static Dim3 size(String option, String text) {
        String[] parts = text.split(",", -1);
        int[] sizes = {1, 1, 1};
        for (int i = 0; i < parts.length; i++) {
            if (i > 2 || !parts[i].matches("[0-9]{1,9}") || Integer.parseInt(parts[i]) < 1) {
                throw new InvalidInput(option + " '" + text + "' must be one to three positive numbers, such as 64 or 16,16");
            }
            sizes[i] = Integer.parseInt(parts[i]);
        }
        return new Dim3(sizes[0], sizes[1], sizes[2]);
    }

    private List<Argument> parsed() {
        List<Argument> parsed = new ArrayList<>();
        for (String text : arguments) {
            int colon = text.indexOf(':');
            if (colon < 1 && !text.equals("null")) {
                throw new InvalidInput("--arg '" + text + "' must be KIND:VALUE, such as i32:5, f32:0.5 or buf:NAME");
            }
            parsed.add(text.equals("null") ? new Argument(text, "") : new Argument(text.substring(0, colon), text.substring(colon + 1)));
        }
        return parsed;
    }

    private Map<String, String> symbols(KernelBuffers buffers) {
        Map<String, String> parsed = new LinkedHashMap<>();
        for (String text : symbols) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new InvalidInput("--symbol '" + text + "' must be VARIABLE=TENSOR");
            }
            String tensor = text.substring(equals + 1);
            if (!buffers.bytes().containsKey(tensor)) {
                throw new InvalidInput("--symbol '" + text + "': " + (in == null ? "--in brings the tensors" : in + " has no tensor '" + tensor + "'; it has "
                        + String.join(", ", buffers.bytes().keySet())));
            }
            parsed.put(text.substring(0, equals), tensor);
        }
        return parsed;
    }
}
