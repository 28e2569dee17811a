package org.xprompt4j.cuda.emulator.syntax;

import java.util.ArrayList;
import java.util.List;

/** Splits PTX text into words (opcodes with all their suffixes, directives, names), numbers, strings and punctuation. */
final class PtxLexer {
    /** What a token is. */
    enum Kind { WORD, NUMBER, STRING, MARK, END }

    /** One token and its line, from 1. */
    record Token(Kind kind, String text, int line) {
        boolean is(String expected) {
            return text.equals(expected) && kind != Kind.STRING;
        }
    }

    private final String file;
    private final String text;
    private int at;
    private int line = 1;

    PtxLexer(String file, String text) {
        this.file = file;
        this.text = text;
    }

    /** All tokens, the last of kind END. */
    List<Token> tokens() {
        List<Token> tokens = new ArrayList<>(text.length() / 6);
        while (true) {
            skipBlanks();
            if (at >= text.length()) {
                tokens.add(new Token(Kind.END, "end of file", line));
                return tokens;
            }
            tokens.add(next());
        }
    }

    private void skipBlanks() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                line++;
                at++;
            } else if (c <= ' ') {
                at++;
            } else if (text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                if (end < 0) {
                    throw new PtxSyntaxException(file, line, "comment without an end");
                }
                line += (int) text.substring(at, end).chars().filter(ch -> ch == '\n').count();
                at = end + 2;
            } else {
                return;
            }
        }
    }

    private Token next() {
        char c = text.charAt(at);
        int start = at;
        if (c == '"') {
            int end = text.indexOf('"', at + 1);
            if (end < 0) {
                throw new PtxSyntaxException(file, line, "string without an end");
            }
            at = end + 1;
            return new Token(Kind.STRING, text.substring(start + 1, end), line);
        }
        if (c >= '0' && c <= '9') {
            while (at < text.length() && (wordChar(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            return new Token(Kind.NUMBER, text.substring(start, at), line);
        }
        if (wordChar(c) || c == '.') {
            at++;
            while (at < text.length()) {
                char d = text.charAt(at);
                if (wordChar(d) || d == '.' && c != '.') {
                    at++; // directives stand together, as in .reg.b32, and are words of their own
                } else if (d == ':' && text.startsWith("::", at)) {
                    at += 2;
                } else {
                    break;
                }
            }
            return new Token(Kind.WORD, text.substring(start, at), line);
        }
        if ("{}[]()<>,;:|+-@!=*".indexOf(c) >= 0) {
            at++;
            return new Token(Kind.MARK, String.valueOf(c), line);
        }
        throw new PtxSyntaxException(file, line, "unexpected character '" + c + "'");
    }

    private static boolean wordChar(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c == '%';
    }
}
