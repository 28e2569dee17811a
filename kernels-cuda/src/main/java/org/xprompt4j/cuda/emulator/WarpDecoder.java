package org.xprompt4j.cuda.emulator;

import java.util.List;
import java.util.Locale;

import org.xprompt4j.cuda.emulator.RegisterFile.Kind;
import org.xprompt4j.cuda.emulator.RegisterFile.Slot;
import org.xprompt4j.cuda.emulator.syntax.Operand;
import org.xprompt4j.cuda.emulator.syntax.Operation;

/** Decodes what the lanes of a warp, or the warps of a block, do together, and the few instructions that fit nowhere else. */
final class WarpDecoder {
    private final Assembler asm;

    WarpDecoder(Assembler asm) {
        this.asm = asm;
    }

    /** True if the operation belongs here and was decoded. */
    boolean decode() {
        switch (asm.operation().root()) {
            case "shfl" -> shuffle();
            case "vote" -> vote();
            case "match" -> match();
            case "redux" -> reduce();
            case "activemask" -> asm.add(ExchangeInstruction.activeMask(asm.destination(asm.operand(0), "b32")));
            case "elect" -> asm.add(ExchangeInstruction.elect(asm.operand(0) instanceof Operand.Pair pair ? asm.destination(pair.first(), "b32") : null,
                    asm.predicate(asm.operand(0) instanceof Operand.Pair two ? two.second() : asm.operand(0)), asm.source(1, "b32")));
            case "mma" -> multiplyMatrices();
            case "call" -> asm.add(BuiltInCall.of(asm));
            case "trap", "brkpt" -> asm.add(new TrapInstruction());
            case "nanosleep", "pmevent", "griddepcontrol", "setmaxnreg" -> {
                // time does not pass here
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private Slot members(int i) {
        return asm.source(i, "b32");
    }

    private void shuffle() {
        Operand target = asm.operand(0);
        Slot out = asm.destination(target instanceof Operand.Pair pair ? pair.first() : target, "b32");
        Slot inRange = target instanceof Operand.Pair pair && !(pair.second() instanceof Operand.Sink) ? asm.predicate(pair.second()) : null;
        ShuffleInstruction.Mode mode = null;
        for (ShuffleInstruction.Mode m : ShuffleInstruction.Mode.values()) {
            mode = asm.has(m.name().toLowerCase(Locale.ROOT)) ? m : mode;
        }
        if (mode == null || !asm.has("sync")) {
            throw asm.unknown();
        }
        ShuffleInstruction shuffle = new ShuffleInstruction(mode, out, inRange, asm.source(1, "b32"), asm.source(2, "b32"), asm.source(3, "b32"));
        if (asm.operand(2) instanceof Operand.Literal by && asm.operand(3) instanceof Operand.Literal control) {
            shuffle.fix((int) by.bits(), (int) control.bits());
        }
        asm.add(shuffle);
    }

    private void vote() {
        Operand predicate = asm.operand(1);
        Slot a = predicate instanceof Operand.Literal literal ? asm.registers.constant(Kind.MASK, literal.bits()) : asm.predicate(predicate);
        boolean ballot = asm.has("ballot");
        String mode = ballot ? "ballot" : asm.has("all") ? "all" : asm.has("any") ? "any" : asm.has("uni") ? "uni" : "";
        if (mode.isEmpty() || !asm.has("sync")) {
            throw asm.unknown();
        }
        asm.add(new ExchangeInstruction.Vote(mode, ballot ? asm.destination(asm.operand(0), "b32") : asm.predicate(asm.operand(0)), a,
                Assembler.negated(predicate), members(2)));
    }

    private void match() {
        Operand target = asm.operand(0);
        Slot out = asm.destination(target instanceof Operand.Pair pair ? pair.first() : target, "b32");
        Slot all = target instanceof Operand.Pair pair && !(pair.second() instanceof Operand.Sink) ? asm.predicate(pair.second()) : null;
        asm.add(new ExchangeInstruction.Match(asm.has("all"), out, all, asm.source(1, asm.type()), members(2)));
    }

    private void reduce() {
        List<String> suffixes = asm.operation().suffixes();
        String type = asm.type();
        String operation = suffixes.get(1);
        String name = switch (operation) {
            case "add" -> "add32";
            case "min", "max" -> operation + (type.startsWith("s") ? "S32" : "U32");
            case "and", "or", "xor" -> operation + "32";
            default -> throw asm.unknown();
        };
        asm.add(new ExchangeInstruction.Reduce(name, asm.destination(asm.operand(0), type), asm.source(1, type), members(2)));
    }

    private Slot[] group(int i) {
        return asm.operand(i) instanceof Operand.Group group ? group.members().stream().map(member -> asm.source(member, "b32")).toArray(Slot[]::new)
                : new Slot[] {asm.source(i, "b32")};
    }

    private void multiplyMatrices() {
        MatrixMultiply multiply = MatrixMultiply.of(asm.operation().suffixes(), group(0), group(1), group(2), group(3));
        if (multiply == null) {
            throw asm.unknown();
        }
        asm.add(multiply);
    }

    /** The gate of an operation that {@link KernelTranslator#isGate} names. */
    Gate gate(Operation operation) {
        String root = operation.root();
        Gate gate;
        if (root.equals("bar") && asm.has("warp")) {
            WarpSyncGate sync = new WarpSyncGate();
            sync.membersRow = members(0).row();
            gate = sync;
        } else if (root.equals("bar") || root.equals("barrier")) {
            gate = barrier(root.equals("bar") || asm.has("aligned"));
        } else {
            MembersGate members = new MembersGate();
            int operand = switch (root) {
                case "shfl" -> 4;
                case "vote", "match", "redux" -> 2;
                case "elect" -> 1;
                default -> -1;
            };
            members.membersRow = operand < 0 ? asm.registers.constant(Kind.INT, -1).row() : members(operand).row();
            members.wholeWarp = operand < 0 || asm.operand(operand) instanceof Operand.Literal literal && (int) literal.bits() == -1;
            gate = members;
        }
        gate.source = operation;
        return gate;
    }

    private Gate barrier(boolean aligned) {
        BarrierGate gate = new BarrierGate();
        gate.aligned = aligned;
        gate.waits = !asm.has("arrive");
        if (asm.has("red")) {
            gate.reduction = BarrierGate.Reduction.valueOf(asm.has("popc") ? "POPC" : asm.has("and") ? "AND" : "OR");
            gate.out = asm.destination(asm.operand(0), asm.has("popc") ? "u32" : "pred").row();
            Operand predicate = asm.operand(asm.operands() - 1);
            gate.predicate = asm.predicate(predicate).row();
            gate.predicateNegated = Assembler.negated(predicate);
            gate.idRow = members(1).row();
            gate.countRow = asm.operands() == 4 ? members(2).row() : -1;
        } else {
            gate.idRow = members(0).row();
            gate.countRow = asm.operands() > 1 ? members(1).row() : -1;
        }
        return gate;
    }
}
