package org.xprompt4j.cuda.emulator;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

import org.xprompt4j.cuda.emulator.syntax.Operand;
import org.xprompt4j.cuda.emulator.syntax.PtxVariable;
import org.xprompt4j.tensor.kernel.LaunchReport;

/**
 * A device: memory, loaded modules, and the launching of kernels. Runs on the calling thread; results do not depend on anything but the arguments
 * and, where one is set, the seed of the warps' order. Not for use by several threads at once.
 */
public final class PtxMachine {
    /** Most bytes of one allocation. */
    public static final long MOST_BYTES = GlobalMemory.MOST_BYTES;

    /** Where variables of the loaded modules lie. */
    private record Loaded(Map<String, Long> addresses, Map<String, Long> sizes, Map<String, KernelCode> kernels) {
    }

    private final CheckLevel level;
    private final GlobalMemory memory;
    private final Map<PtxModule, Loaded> modules = new HashMap<>();
    private long maxInstructions = Long.MAX_VALUE;
    private WarpOrder order = WarpOrder.byIndex();
    private long blocksRun = 1;
    private boolean profiled;

    /** A device that checks everything. */
    public PtxMachine() {
        this(CheckLevel.CHECK);
    }

    /**
     * A device.
     *
     * @param level how much is checked while kernels run
     */
    public PtxMachine(CheckLevel level) {
        this.level = level;
        this.memory = new GlobalMemory(level == CheckLevel.CHECK);
    }

    /**
     * Stops kernels that do not end.
     *
     * @param warpInstructions a launch may execute
     */
    public void maxInstructions(long warpInstructions) {
        if (warpInstructions <= 0) {
            throw new IllegalArgumentException("maxInstructions must be positive, is " + warpInstructions);
        }
        maxInstructions = warpInstructions;
    }

    /** Counts instructions by kind and source line, operations, and memory traffic: sectors, bank conflicts, bytes by space. Slower. */
    public void profile(boolean on) {
        profiled = on;
    }

    /** Runs the warps of a block in another legal order, in small steps, so that a missing barrier shows. */
    public void scheduleSeed(long seed) {
        order = WarpOrder.seeded(seed);
    }

    /**
     * Allocates device memory, aligned to 512 bytes and not initialised. Its address is never used again.
     *
     * @param bytes size, positive
     * @param label what reports call it
     */
    public long allocate(long bytes, String label) {
        return memory.allocate(bytes, label).base;
    }

    /** Frees an allocation; later accesses are reported as such. */
    public void free(long address) {
        memory.free(address);
    }

    /** Bytes allocated now. */
    public long usedBytes() {
        return memory.used();
    }

    /** Most bytes ever allocated at once. */
    public long peakBytes() {
        return memory.peak();
    }

    /** Copies to the device. */
    public void copyIn(long address, MemorySegment source) {
        if (source.byteSize() > 0) {
            Span span = memory.require(address, source.byteSize(), "copy to the device");
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, 0, span.data, (int) (address - span.base), (int) source.byteSize());
            span.markRange(address - span.base, source.byteSize());
        }
    }

    /** Copies from the device. */
    public void copyOut(long address, MemorySegment target) {
        if (target.byteSize() > 0) {
            Span span = memory.require(address, target.byteSize(), "copy from the device");
            MemorySegment.copy(span.data, (int) (address - span.base), target, ValueLayout.JAVA_BYTE, 0, (int) target.byteSize());
        }
    }

    /** Copies within the device; what was not initialised stays so. */
    public void copy(long target, long source, long bytes) {
        if (bytes > 0) {
            Span from = memory.require(source, bytes, "copy within the device, source");
            Span to = memory.require(target, bytes, "copy within the device, target");
            System.arraycopy(from.data, (int) (source - from.base), to.data, (int) (target - to.base), (int) bytes);
            to.markRange(target - to.base, bytes);
        }
    }

    /** Fills with a byte. */
    public void memset(long address, byte value, long bytes) {
        if (bytes > 0) {
            Span span = memory.require(address, bytes, "fill");
            int start = (int) (address - span.base);
            java.util.Arrays.fill(span.data, start, (int) (start + bytes), value);
            span.markRange(start, bytes);
        }
    }

    /** Gives the global and const variables of a module their memory and first values. A module is loaded once. */
    public void load(PtxModule module) {
        loaded(module);
    }

    private Loaded loaded(PtxModule module) {
        return modules.computeIfAbsent(module, key -> {
            Map<String, Long> addresses = new HashMap<>();
            Map<String, Long> sizes = new HashMap<>();
            for (PtxVariable variable : module.program().variables().values()) {
                if (variable.space().equals("shared")) {
                    continue;
                }
                Span span = memory.allocate(Math.max(1, variable.bytes()), variable.name());
                addresses.put(variable.name(), span.base);
                sizes.put(variable.name(), variable.bytes());
                if (variable.initial() != null) {
                    System.arraycopy(variable.initial(), 0, span.data, 0, variable.initial().length);
                }
                span.markRange(0, span.size);
                span.readOnly = variable.space().equals("const");
            }
            for (PtxVariable variable : module.program().variables().values()) {
                for (Map.Entry<Integer, Operand.Symbol> entry : variable.addresses().entrySet()) {
                    Long target = addresses.get(entry.getValue().name());
                    if (target == null) {
                        continue; // a function: calls through pointers are refused where they stand
                    }
                    Span span = memory.find(addresses.get(variable.name()), 1);
                    Span.LONGS.set(span.data, (int) entry.getKey(), target + entry.getValue().offset());
                }
            }
            return new Loaded(addresses, sizes, new HashMap<>());
        });
    }

    /** Address of a global or const variable of a module. */
    public long address(PtxModule module, String variable) {
        return of(module, variable, loaded(module).addresses());
    }

    /** Size of a global or const variable of a module, in bytes. */
    public long size(PtxModule module, String variable) {
        return of(module, variable, loaded(module).sizes());
    }

    private static long of(PtxModule module, String variable, Map<String, Long> values) {
        Long value = values.get(variable);
        if (value == null) {
            throw new IllegalArgumentException(module.file() + " has no variable '" + variable + "'; it has " + module.variables());
        }
        return value;
    }

    /**
     * Makes a kernel ready, as its first launch does.
     *
     * @throws org.xprompt4j.cuda.emulator.syntax.PtxSyntaxException naming the line, where an instruction is not known or wrong
     */
    public void prepare(PtxEntry entry) {
        code(entry);
    }

    /**
     * Runs a kernel to its end.
     *
     * @param grid blocks
     * @param block threads of a block
     * @param dynamicSharedBytes shared memory behind the static one
     * @param parameters the parameter block, laid out as {@link PtxEntry#parameters()} says
     * @throws PtxFault if the kernel does something wrong or the launch is impossible
     */
    public LaunchReport launch(PtxEntry entry, Grid grid, Grid block, int dynamicSharedBytes, MemorySegment parameters) {
        KernelCode code = code(entry);
        LaunchLimits.check(entry, code, grid, block, dynamicSharedBytes, parameters.byteSize());
        Span arguments = new Span(0, Math.max(1, entry.parameterBytes()), "the kernel's parameters", false);
        MemorySegment.copy(parameters, ValueLayout.JAVA_BYTE, 0, arguments.data, 0, (int) Math.min(parameters.byteSize(), arguments.size));
        arguments.readOnly = true;
        long first = blocksRun;
        blocksRun += grid.count();
        LaunchCounters.reset(code);
        long start = System.nanoTime();
        Launch launch = new Launch(code, memory, arguments, grid, block, dynamicSharedBytes, level, order, maxInstructions, first, profiled);
        launch.run(first);
        return LaunchCounters.report(code, launch, System.nanoTime() - start);
    }

    private KernelCode code(PtxEntry entry) {
        Loaded loaded = loaded(entry.module());
        return loaded.kernels().computeIfAbsent(entry.name(), name -> {
            Map<String, Integer> offsets = new HashMap<>();
            entry.parameters().forEach(parameter -> offsets.put(parameter.name(), parameter.offset()));
            return KernelTranslator.translate(entry.module().program(), entry.module().program().functions().get(name), offsets, loaded.addresses());
        });
    }
}
