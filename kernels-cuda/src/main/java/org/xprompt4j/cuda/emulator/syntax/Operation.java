package org.xprompt4j.cuda.emulator.syntax;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One instruction as written.
 *
 * @param opcode with all suffixes: {@code ld.global.v4.f32}
 * @param guard predicate of {@code @%p} or null
 * @param place where it comes from
 */
public record Operation(String opcode, Operand.Register guard, List<Operand> operands, SourcePlace place) {
    /** The opcode without suffixes. */
    public String root() {
        int dot = opcode.indexOf('.');
        return dot < 0 ? opcode : opcode.substring(0, dot);
    }

    /** The suffixes, in order. */
    public List<String> suffixes() {
        String[] parts = opcode.split("\\.");
        return Arrays.asList(parts).subList(1, parts.length);
    }

    @Override
    public String toString() {
        return (guard == null ? "" : "@" + guard + " ") + opcode + operands.stream().map(Operand::toString)
                .collect(Collectors.joining(", ", operands.isEmpty() ? "" : " ", ""));
    }
}
