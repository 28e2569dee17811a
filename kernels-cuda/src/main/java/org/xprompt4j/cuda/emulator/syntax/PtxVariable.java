package org.xprompt4j.cuda.emulator.syntax;

import java.util.Map;

/**
 * A variable or parameter.
 *
 * @param space global, const, shared, local or param
 * @param type element type without its dot: b8, u64, ...
 * @param alignment in bytes
 * @param bytes size; 0 for an array of unknown size (dynamic shared memory)
 * @param initial first bytes; the rest is zero; null without initialiser
 * @param addresses byte offset to a symbol whose address is stored there
 * @param external declared elsewhere
 */
public record PtxVariable(String name, String space, String type, int alignment, long bytes, byte[] initial,
                          Map<Integer, Operand.Symbol> addresses, boolean external) {
}
