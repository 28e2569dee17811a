package org.xprompt4j.cuda.emulator.syntax;

import java.util.List;
import java.util.Locale;

import org.xprompt4j.cuda.emulator.syntax.PtxLexer.Kind;
import org.xprompt4j.cuda.emulator.syntax.PtxLexer.Token;

/** Reads tokens one after another and says, in one line, what was expected where. */
final class TokenCursor {
    private final String file;
    private final List<Token> tokens;
    private int at;

    TokenCursor(String file, String text) {
        this.file = file;
        this.tokens = new PtxLexer(file, text).tokens();
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peekAfter() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token take() {
        Token token = tokens.get(at);
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }

    boolean ended() {
        return peek().kind() == Kind.END;
    }

    boolean accept(String text) {
        if (peek().is(text)) {
            at++;
            return true;
        }
        return false;
    }

    void expect(String text) {
        Token token = take();
        if (!token.is(text)) {
            throw error(token, "expected '" + text + "', found '" + token.text() + "'");
        }
    }

    String word(String what) {
        Token token = take();
        if (token.kind() != Kind.WORD) {
            throw error(token, "expected " + what + ", found '" + token.text() + "'");
        }
        return token.text();
    }

    long integer() {
        boolean negative = accept("-");
        Token token = take();
        Operand.Literal literal = literal(token);
        if (literal.floatBits() != 0) {
            throw error(token, "expected an integer, found '" + token.text() + "'");
        }
        return negative ? -literal.bits() : literal.bits();
    }

    /** A number token: decimal, 0x, 0b, octal, with or without U; 0f and 0d give the bits of a float; decimal fractions are doubles. */
    Operand.Literal literal(Token token) {
        if (token.kind() != Kind.NUMBER) {
            throw error(token, "expected a number, found '" + token.text() + "'");
        }
        String text = token.text().toLowerCase(Locale.ROOT);
        try {
            if (text.startsWith("0f") && text.length() == 10) {
                return new Operand.Literal(Integer.toUnsignedLong(Integer.parseUnsignedInt(text.substring(2), 16)), 32);
            }
            if (text.startsWith("0d") && text.length() == 18) {
                return new Operand.Literal(Long.parseUnsignedLong(text.substring(2), 16), 64);
            }
            if (text.indexOf('.') >= 0) {
                return new Operand.Literal(Double.doubleToRawLongBits(Double.parseDouble(text)), 64);
            }
            String digits = text.endsWith("u") ? text.substring(0, text.length() - 1) : text;
            if (digits.startsWith("0x")) {
                return new Operand.Literal(Long.parseUnsignedLong(digits.substring(2), 16), 0);
            }
            if (digits.startsWith("0b")) {
                return new Operand.Literal(Long.parseUnsignedLong(digits.substring(2), 2), 0);
            }
            boolean octal = digits.length() > 1 && digits.startsWith("0");
            return new Operand.Literal(Long.parseUnsignedLong(digits, octal ? 8 : 10), 0);
        } catch (NumberFormatException e) {
            throw new PtxSyntaxException(file, token.line(), "not a number: '" + token.text() + "'");
        }
    }

    /** Skips a brace-enclosed part whose opening brace is next. */
    void skipBraces() {
        Token open = peek();
        expect("{");
        int depth = 1;
        while (depth > 0) {
            Token token = take();
            if (token.kind() == Kind.END) {
                throw error(open, "'{' without '}'");
            }
            depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
        }
    }

    void skipPast(String mark) {
        Token start = peek();
        while (!accept(mark)) {
            if (take().kind() == Kind.END) {
                throw error(start, "'" + mark + "' missing");
            }
        }
    }

    PtxSyntaxException error(Token token, String problem) {
        return new PtxSyntaxException(file, token.line(), problem);
    }
}
