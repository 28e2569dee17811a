package org.xprompt4j.cuda.emulator;

import java.util.List;
import java.util.Set;

import org.xprompt4j.cuda.emulator.RegisterFile.Slot;
import org.xprompt4j.cuda.emulator.syntax.Operand;
import org.xprompt4j.cuda.emulator.syntax.PtxParser;

/** Decodes loads, stores, atomics, asynchronous copies, fences and prefetches. */
final class MemoryDecoder {
    private static final Set<String> STRONG = Set.of("volatile", "relaxed", "acquire", "release", "acq_rel", "mmio");
    private static final Set<String> ATOMICS = Set.of("add", "min", "max", "and", "or", "xor", "inc", "dec", "exch", "cas");

    private final Assembler asm;

    MemoryDecoder(Assembler asm) {
        this.asm = asm;
    }

    /** True if the operation belongs here and was decoded. */
    boolean decode() {
        switch (asm.operation().root()) {
            case "ld", "ldu" -> load();
            case "st" -> store();
            case "atom", "red" -> atomic(asm.operation().root().equals("atom"));
            case "cp" -> copy();
            case "ldmatrix" -> loadMatrix();
            case "membar", "fence" -> asm.add(new FenceInstruction());
            case "prefetch", "prefetchu", "applypriority", "discard", "createpolicy" -> {
                // hints: nothing that a kernel could see
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    Space space() {
        for (String suffix : asm.operation().suffixes()) {
            switch (suffix.replaceAll("::.*", "")) {
                case "global", "const" -> {
                    return Space.GLOBAL;
                }
                case "shared" -> {
                    return Space.SHARED;
                }
                case "local" -> {
                    return Space.LOCAL;
                }
                case "param" -> {
                    return Space.PARAMETER;
                }
                default -> {
                }
            }
        }
        return Space.GENERIC;
    }

    /** Takes the address operand; parameters of calls live in local memory. */
    void address(MemoryInstruction access, Operand operand) {
        if (!(operand instanceof Operand.Memory memory)) {
            throw asm.error("'" + operand + "' is not an address");
        }
        switch (memory.base()) {
            case Operand.Register register -> access.address(asm.source(register, access.space == Space.SHARED || access.space == Space.LOCAL ? "u32" : "u64"),
                    memory.offset());
            case Operand.Symbol symbol -> {
                long address = asm.address(symbol) + memory.offset();
                boolean parameter = address >= GlobalMemory.PARAMETER_WINDOW && address < GlobalMemory.PARAMETER_WINDOW + GlobalMemory.WINDOW_BYTES;
                if (access.space == Space.PARAMETER) {
                    access.space = parameter ? Space.PARAMETER : Space.LOCAL;
                }
                access.address(null, address);
            }
            case Operand.Literal literal -> access.address(null, literal.bits() + memory.offset());
            default -> throw asm.error("'" + operand + "' is not an address");
        }
        access.releases = asm.has("release") || asm.has("acq_rel");
        access.strong = asm.operation().suffixes().stream().anyMatch(STRONG::contains);
    }

    private Slot[] elements(Operand operand, String type, boolean destination) {
        List<Operand> members = operand instanceof Operand.Group group ? group.members() : List.of(operand);
        return members.stream().map(member -> destination ? asm.destination(member, type) : asm.source(member, type)).toArray(Slot[]::new);
    }

    private void load() {
        String type = asm.type();
        LoadInstruction load = new LoadInstruction(space(), elements(asm.operand(0), type, true), PtxParser.bytesOf(type), type.startsWith("s"));
        address(load, asm.operand(1));
        asm.add(load);
    }

    private void store() {
        String type = asm.type();
        StoreInstruction store = new StoreInstruction(space(), elements(asm.operand(1), type, false), PtxParser.bytesOf(type));
        address(store, asm.operand(0));
        asm.add(store);
    }

    private void atomic(boolean returns) {
        String type = asm.type();
        String operation = asm.operation().suffixes().stream().filter(ATOMICS::contains).findFirst().orElseThrow(asm::unknown);
        AtomicInstruction.Combination combination;
        try {
            combination = AtomicInstruction.combination(operation, type);
        } catch (IllegalArgumentException e) {
            throw asm.unknown();
        }
        int at = returns ? 1 : 0;
        Slot out = returns && !(asm.operand(0) instanceof Operand.Sink) ? asm.destination(asm.operand(0), type) : null;
        AtomicInstruction atomic = new AtomicInstruction(space(), PtxParser.bytesOf(type), combination, out, asm.source(at + 1, type),
                operation.equals("cas") ? asm.source(at + 2, type) : null);
        address(atomic, asm.operand(at));
        asm.add(atomic);
    }

    private void copy() {
        if (!asm.has("async") || asm.has("bulk") || asm.has("mbarrier")) {
            throw asm.unknown();
        }
        if (asm.has("commit_group")) {
            asm.add(new CopyWait(CopyWait.COMMIT));
        } else if (asm.has("wait_group")) {
            asm.add(new CopyWait((int) asm.immediate(0)));
        } else if (asm.has("wait_all")) {
            asm.add(new CopyWait(CopyWait.ALL));
        } else {
            int bytes = (int) asm.immediate(2);
            if (bytes != 4 && bytes != 8 && bytes != 16) {
                throw asm.error("cp.async copies 4, 8 or 16 bytes");
            }
            CopyInstruction copy = new CopyInstruction(bytes, asm.operands() > 3 ? asm.source(3, "u32") : null);
            address(copy.destination(), asm.operand(0));
            address(copy, asm.operand(1));
            asm.add(copy);
        }
    }

    private void loadMatrix() {
        int count = asm.has("x4") ? 4 : asm.has("x2") ? 2 : 1;
        Slot[] out = elements(asm.operand(0), "b32", true);
        if (!asm.has("m8n8") || out.length != count) {
            throw asm.unknown();
        }
        MatrixLoad load = new MatrixLoad(space(), out, asm.has("trans"));
        address(load, asm.operand(1));
        asm.add(load);
    }
}
