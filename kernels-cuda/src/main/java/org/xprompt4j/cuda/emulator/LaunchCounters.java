package org.xprompt4j.cuda.emulator;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.xprompt4j.cuda.emulator.syntax.Operation;
import org.xprompt4j.cuda.emulator.syntax.SourcePlace;
import org.xprompt4j.tensor.kernel.LaunchReport;
import org.xprompt4j.tensor.kernel.Traffic;

/** Adds up a launch: how often each basic block ran, times what it holds, and what its memory instructions counted. */
final class LaunchCounters {
    private static final Pattern SHAPE = Pattern.compile("m(\\d+)n(\\d+)k(\\d+)");

    private static final Set<String> SPECIAL = Set.of("div", "sqrt", "rsqrt", "rcp", "ex2", "lg2", "sin", "cos", "tanh");

    private record Line(String file, int line) {
    }

    /** Sums of one line. */
    private static final class Sums {
        long warps;
        long lanes;
        Traffic traffic = Traffic.NONE;
    }

    private final KernelCode code;
    private final SortedMap<String, Long> kinds = new TreeMap<>();
    private final Map<Line, Sums> lines = new TreeMap<>(Comparator.comparing(Line::file).thenComparingInt(Line::line));
    private Traffic traffic = Traffic.NONE;
    private long lanes;
    private long divergent;
    private long floats;
    private long specials;
    private long tensors;

    private LaunchCounters(KernelCode code) {
        this.code = code;
    }

    /** Sets a kernel's counters to zero. */
    static void reset(KernelCode code) {
        for (BasicBlock block : code.blocks()) {
            block.visits = 0;
            block.lanes = 0;
            if (block.jump instanceof Jump.Branch branch) {
                branch.divergent = 0;
            }
            for (Instruction instruction : block.body) {
                if (instruction instanceof MemoryInstruction memory) {
                    memory.counter.reset();
                }
                if (instruction instanceof CopyInstruction copy) {
                    copy.destination().counter.reset();
                }
            }
        }
    }

    static LaunchReport report(KernelCode code, Launch launch, long nanoseconds) {
        LaunchCounters counters = new LaunchCounters(code);
        for (BasicBlock block : code.blocks()) {
            counters.lanes += block.lanes * block.length;
            if (block.jump instanceof Jump.Branch branch) {
                counters.divergent += branch.divergent;
            }
            if (launch.profiled && block.visits > 0) {
                counters.block(block);
            }
        }
        List<LaunchReport.SourceLine> lines = counters.lines.entrySet().stream().map(entry -> new LaunchReport.SourceLine(entry.getKey().file,
                entry.getKey().line, entry.getValue().warps, entry.getValue().lanes, entry.getValue().traffic)).toList();
        return new LaunchReport(code.name(), launch.executed(), counters.lanes, counters.divergent, counters.floats, counters.specials, counters.tensors,
                counters.kinds, lines, launch.footprint.into(counters.traffic), nanoseconds);
    }

    private void block(BasicBlock block) {
        for (Operation operation : block.operations) {
            kinds.merge(operation.root(), block.visits, Long::sum);
            Sums sums = line(operation.place());
            sums.warps += block.visits;
            sums.lanes += block.lanes;
            floats += block.lanes * operations(operation);
            specials += SPECIAL.contains(operation.root()) ? block.lanes * operations(operation) : 0;
            tensors += block.visits * tensorOperations(operation);
        }
        for (Instruction instruction : block.body) {
            if (instruction instanceof MemoryInstruction memory) {
                add(memory, memory.counter.traffic());
            }
            if (instruction instanceof CopyInstruction copy) {
                add(copy, copy.destination().counter.traffic());
            }
        }
    }

    private void add(Instruction instruction, Traffic moved) {
        Sums sums = line(instruction.place());
        sums.traffic = sums.traffic.plus(moved);
        traffic = traffic.plus(moved);
    }

    private Sums line(SourcePlace place) {
        return lines.computeIfAbsent(new Line(place.file(), place.line()), key -> new Sums());
    }

    private static int operations(Operation operation) {
        boolean packed = operation.opcode().endsWith("x2");
        boolean real = packed || operation.opcode().matches(".*\\.b?f(16|32|64)");
        if (!real) {
            return 0;
        }
        int each = switch (operation.root()) {
            case "fma", "mad" -> 2;
            case "add", "sub", "mul", "div", "sqrt", "rsqrt", "rcp", "ex2", "lg2", "sin", "cos", "tanh", "min", "max" -> 1;
            default -> 0;
        };
        return packed ? 2 * each : each;
    }

    private static long tensorOperations(Operation operation) {
        Matcher shape = SHAPE.matcher(operation.opcode());
        return operation.root().equals("mma") && shape.find()
                ? 2L * Integer.parseInt(shape.group(1)) * Integer.parseInt(shape.group(2)) * Integer.parseInt(shape.group(3)) : 0;
    }
}
