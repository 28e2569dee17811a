package org.xprompt4j.cuda.emulator.syntax;

import java.util.List;
import java.util.stream.Collectors;

/** An operand as written. */
public sealed interface Operand {
    /** A register, or a special register such as {@code %tid.x}; {@code negated} for {@code !%p1}. */
    record Register(String name, boolean negated) implements Operand {
        @Override
        public String toString() {
            return (negated ? "!" : "") + name;
        }
    }

    /** A constant: an integer's value, or the bits of a float of {@code floatBits} (32 or 64) bits. */
    record Literal(long bits, int floatBits) implements Operand {
        @Override
        public String toString() {
            return floatBits == 0 ? Long.toString(bits) : floatBits == 32 ? Float.toString(Float.intBitsToFloat((int) bits))
                    : Double.toString(Double.longBitsToDouble(bits));
        }
    }

    /** A label, function or variable, with a byte offset. */
    record Symbol(String name, long offset) implements Operand {
        @Override
        public String toString() {
            return offset == 0 ? name : name + "+" + offset;
        }
    }

    /** {@code [base+offset]}; base is a register, a symbol or a literal. */
    record Memory(Operand base, long offset) implements Operand {
        @Override
        public String toString() {
            return "[" + base + (offset == 0 ? "" : (offset > 0 ? "+" : "") + offset) + "]";
        }
    }

    /** {@code {a, b, ...}} or {@code (a, b)}. */
    record Group(List<Operand> members) implements Operand {
        @Override
        public String toString() {
            return members.stream().map(Operand::toString).collect(Collectors.joining(", ", "{", "}"));
        }
    }

    /** {@code a|b}, two results. */
    record Pair(Operand first, Operand second) implements Operand {
        @Override
        public String toString() {
            return first + "|" + second;
        }
    }

    /** {@code _}, a result not wanted. */
    record Sink() implements Operand {
        @Override
        public String toString() {
            return "_";
        }
    }
}
