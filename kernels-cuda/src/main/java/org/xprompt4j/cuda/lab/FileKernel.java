package org.xprompt4j.cuda.lab;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.cuda.emulator.Grid;
import org.xprompt4j.cuda.emulator.PtxEntry;
import org.xprompt4j.cuda.emulator.PtxFault;
import org.xprompt4j.cuda.emulator.PtxMachine;
import org.xprompt4j.cuda.emulator.PtxModule;
import org.xprompt4j.cuda.emulator.syntax.PtxSyntaxException;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.kernel.Dim3;
import org.xprompt4j.tensor.kernel.KernelLaunch;
import org.xprompt4j.tensor.kernel.KernelRun;
import org.xprompt4j.tensor.kernel.LaunchReport;

/** One launch of a kernel of a file: buffers in, arguments packed, kernel run, buffers back. */
final class FileKernel {
    private final KernelRun run;
    private final PtxMachine machine;
    private final Map<String, Long> addresses = new LinkedHashMap<>();

    FileKernel(KernelRun run) {
        this.run = run;
        this.machine = new PtxMachine(run.checked() ? CheckLevel.CHECK : CheckLevel.FAST);
        machine.maxInstructions(run.maxInstructions());
        machine.profile(run.profiled());
    }

    KernelLaunch launch() {
        try {
            PtxModule module = PtxModule.parse(run.ptx(), run.file());
            PtxEntry entry = entry(module);
            machine.prepare(entry);
            run.buffers().forEach((name, bytes) -> addresses.put(name, bufferAt(name, bytes)));
            MemorySegment parameters = new ArgumentBlock(run, entry, addresses).packed();
            run.symbols().forEach((variable, buffer) -> symbolIn(module, variable, buffer));
            LaunchReport report = machine.launch(entry, grid(run.grid()), grid(run.block()), run.sharedBytes(), parameters);
            run.buffers().forEach((name, bytes) -> {
                if (bytes.byteSize() > 0) {
                    machine.copyOut(addresses.get(name), bytes);
                }
            });
            run.symbols().forEach((variable, buffer) -> machine.copyOut(machine.address(module, variable), run.buffers().get(buffer)));
            return new KernelLaunch(run.file(), run.grid(), run.block(), run.sharedBytes(), report);
        } catch (PtxSyntaxException fault) {
            throw new InvalidInput(fault.getMessage(), fault); // begins with file and line
        } catch (PtxFault fault) {
            throw new InvalidInput(run.file() + ": " + fault.getMessage(), fault);
        }
    }

    /** The kernel of that name, or the only one whose name in C++ it is: {@code _Z4saxpyPfi} answers to saxpy. */
    private PtxEntry entry(PtxModule module) {
        String mangled = run.entry().length() + run.entry();
        List<PtxEntry> found = module.entries().stream().filter(entry -> entry.name().equals(run.entry())).toList();
        if (found.isEmpty()) {
            found = module.entries().stream().filter(entry -> entry.name().matches("_Z[NK]*" + Pattern.quote(mangled) + ".*")).toList();
        }
        if (found.size() != 1) {
            List<PtxEntry> choice = found.isEmpty() ? module.entries() : found;
            throw new InvalidInput(run.file() + (found.isEmpty() ? ": has no kernel '" : ": has more than one kernel '") + run.entry() + "'"
                    + (choice.isEmpty() ? ", nor any other" : "; --entry must be one of " + String.join(", ", choice.stream().map(PtxEntry::name).toList())));
        }
        return found.getFirst();
    }

    private static Grid grid(Dim3 size) {
        return new Grid(size.x(), size.y(), size.z());
    }

    private long bufferAt(String name, MemorySegment bytes) {
        if (bytes.byteSize() == 0) {
            return 0;
        }
        if (bytes.byteSize() > PtxMachine.MOST_BYTES) {
            throw new InvalidInput("buffer '" + name + "' of " + bytes.byteSize() + " bytes is larger than the " + PtxMachine.MOST_BYTES + " that are emulated");
        }
        long address = machine.allocate(bytes.byteSize(), name);
        machine.copyIn(address, bytes);
        return address;
    }

    private void symbolIn(PtxModule module, String variable, String buffer) {
        if (!module.variables().contains(variable)) {
            throw new InvalidInput("--symbol: " + run.file() + " has no variable '" + variable + "'"
                    + (module.variables().isEmpty() ? ", nor any other" : "; it has " + String.join(", ", module.variables())));
        }
        long bytes = run.buffers().get(buffer).byteSize();
        if (bytes == 0 || bytes > machine.size(module, variable)) {
            throw new InvalidInput("--symbol: variable '" + variable + "' has " + machine.size(module, variable) + " bytes, tensor '" + buffer + "' has " + bytes);
        }
        machine.copyIn(machine.address(module, variable), run.buffers().get(buffer));
    }
}
