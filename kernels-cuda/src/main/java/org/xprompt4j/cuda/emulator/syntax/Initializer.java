package org.xprompt4j.cuda.emulator.syntax;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;

import org.xprompt4j.cuda.emulator.syntax.PtxLexer.Kind;
import org.xprompt4j.cuda.emulator.syntax.PtxLexer.Token;

/** The value that a variable starts with: numbers, nested braces, addresses of symbols. */
final class Initializer {
    private final int elementBytes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Map<Integer, Operand.Symbol> addresses = new HashMap<>();
    private boolean present;
    private int depth;

    Initializer(int elementBytes) {
        this.elementBytes = elementBytes;
    }

    void read(TokenCursor cursor) {
        present = true;
        if (cursor.accept("{")) {
            if (++depth > 64) {
                throw cursor.error(cursor.peek(), "values are nested more than 64 deep");
            }
            while (!cursor.accept("}")) {
                read(cursor);
                cursor.accept(",");
            }
            depth--;
            return;
        }
        if (cursor.peek().kind() == Kind.WORD) {
            address(cursor);
            return;
        }
        boolean negative = cursor.accept("-");
        Operand.Literal literal = cursor.literal(cursor.take());
        long value = negative ? -literal.bits() : literal.bits();
        for (int i = 0; i < elementBytes; i++) {
            bytes.write((int) (value >>> 8 * i));
        }
    }

    private void address(TokenCursor cursor) {
        Token token = cursor.take();
        boolean generic = token.text().equals("generic");
        if (generic) {
            cursor.expect("(");
        }
        String name = generic ? cursor.word("a variable") : token.text();
        if (generic) {
            cursor.expect(")");
        }
        long offset = cursor.accept("+") ? cursor.integer() : 0;
        if (elementBytes != 8) {
            throw cursor.error(token, "the address of " + name + " needs 8-byte elements");
        }
        addresses.put(bytes.size(), new Operand.Symbol(name, offset));
        bytes.writeBytes(new byte[8]);
    }

    boolean present() {
        return present;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    Map<Integer, Operand.Symbol> addresses() {
        return addresses;
    }
}
