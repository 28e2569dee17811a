package org.xprompt4j.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/** NVIDIA's PTX assembler in the process, which needs neither toolkit nor GPU. */
final class PtxAssembly {
    private static final Pattern ENTRY = Pattern.compile("Compiling entry function '(\\w+)' for 'sm_\\d+'");
    private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");

    /**
     * What a kernel takes.
     *
     * @param registers of a thread
     * @param spilled bytes stored and loaded for want of registers
     * @param stack bytes of local memory
     */
    record Use(int registers, int spilled, int stack) {
    }

    private PtxAssembly() {
    }

    /** Without line numbers: the assembler of CUDA 12.0 dies of those that nvcc 13 writes, and is faster without. */
    private static String withoutLines(String ptx) {
        StringBuilder out = new StringBuilder();
        boolean section = false;
        for (String line : ptx.lines().toList()) {
            String code = line.strip();
            section |= code.startsWith(".section");
            if (!section && !code.startsWith(".loc\t") && !code.startsWith(".file")) {
                out.append(line).append('\n');
            }
            section &= !code.equals("}");
        }
        return out.toString();
    }

    /** Assembles; entries by name. */
    static Map<String, Use> assemble(String name, String ptx, String architecture) {
        byte[] text = (withoutLines(ptx) + '\0').getBytes(StandardCharsets.UTF_8);
        nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
        assertThat(JNvPTXCompiler.nvPTXCompilerCreate(handle, text.length, text)).as("nvPTXCompilerCreate of " + name).isZero();
        try {
            String[] options = {"--gpu-name=" + architecture, "--verbose"};
            int result = JNvPTXCompiler.nvPTXCompilerCompile(handle, options.length, options);
            assertThat(result).as(name + ".ptx for " + architecture + ": " + log(handle, true)).isZero();
            return parse(log(handle, false));
        } finally {
            JNvPTXCompiler.nvPTXCompilerDestroy(handle);
        }
    }

    private static String log(nvPTXCompilerHandle handle, boolean errors) {
        long[] size = new long[1];
        int ignored = errors ? JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, size) : JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(handle, size);
        byte[] text = new byte[(int) size[0] + 1];
        int result = errors ? JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, text) : JNvPTXCompiler.nvPTXCompilerGetInfoLog(handle, text);
        assertThat(ignored + result).as("reading the assembler's log").isZero();
        return new String(text, 0, (int) size[0], StandardCharsets.UTF_8);
    }

    private static Map<String, Use> parse(String log) {
        Map<String, Use> uses = new TreeMap<>();
        String entry = null;
        int spilled = 0;
        int stack = 0;
        for (String line : log.lines().toList()) {
            Matcher matcher = ENTRY.matcher(line);
            if (matcher.find()) {
                entry = matcher.group(1);
            }
            matcher = SPILLS.matcher(line);
            if (matcher.find()) {
                stack = Integer.parseInt(matcher.group(1));
                spilled = Integer.parseInt(matcher.group(2)) + Integer.parseInt(matcher.group(3));
            }
            matcher = REGISTERS.matcher(line);
            if (matcher.find() && entry != null) {
                uses.put(entry, new Use(Integer.parseInt(matcher.group(1)), spilled, stack));
            }
        }
        return uses;
    }
}
