package org.xprompt4j.tensor.file;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;

/** Recursive descent over the bytes of one document. Every error carries line, column and byte offset. */
final class JsonParser {
    private static final int MAX_NUMBER = 400; // characters; a float64 in full needs 325

    private final byte[] in;
    private final String source;
    private int at;
    private int depth;
    private int values;

    JsonParser(byte[] in, String source) {
        this.in = in;
        this.source = source;
    }

    Object document() {
        if (in.length > Json.MAX_BYTES) {
            throw error(0, in.length + " bytes are more than " + Json.MAX_BYTES);
        }
        if (in.length >= 3 && (in[0] & 0xff) == 0xef && (in[1] & 0xff) == 0xbb && (in[2] & 0xff) == 0xbf) {
            throw error(0, "starts with a byte order mark; save it as plain UTF-8");
        }
        Object value = value();
        skipSpace();
        if (at < in.length) {
            throw error(at, "nothing may follow the document, found " + here());
        }
        return value;
    }

    private Object value() {
        if (++values > Json.MAX_VALUES) {
            throw error(at, "more than " + Json.MAX_VALUES + " values");
        }
        skipSpace();
        int c = peek();
        return switch (c) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", Json.NULL);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw error(at, "expected a value, found " + here());
        };
    }

    private void enter() {
        if (++depth > Json.MAX_DEPTH) {
            throw error(at, "nested deeper than " + Json.MAX_DEPTH + " levels");
        }
        at++;
    }

    private Map<String, Object> object() {
        enter();
        Map<String, Object> map = new LinkedHashMap<>();
        skipSpace();
        if (peek() == '}') {
            at++;
            depth--;
            return map;
        }
        while (true) {
            skipSpace();
            int keyAt = at;
            if (peek() != '"') {
                throw error(at, "expected a field name in quotes, found " + here());
            }
            String key = string();
            if (map.containsKey(key)) {
                throw error(keyAt, "field " + quoted(key) + " appears twice in one object");
            }
            skipSpace();
            if (peek() != ':') {
                throw error(at, "expected ':' after field " + quoted(key) + ", found " + here());
            }
            at++;
            map.put(key, value());
            skipSpace();
            int c = peek();
            if (c != ',' && c != '}') {
                throw error(at, "expected ',' or '}', found " + here());
            }
            at++;
            if (c == '}') {
                depth--;
                return map;
            }
        }
    }

    private List<Object> array() {
        enter();
        List<Object> list = new ArrayList<>(2);
        skipSpace();
        if (peek() == ']') {
            at++;
            depth--;
            return list;
        }
        while (true) {
            list.add(value());
            skipSpace();
            int c = peek();
            if (c != ',' && c != ']') {
                throw error(at, "expected ',' or ']', found " + here());
            }
            at++;
            if (c == ']') {
                depth--;
                return list;
            }
        }
    }

    private Object word(String word, Object value) {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= in.length || in[at + i] != word.charAt(i)) {
                throw error(at, "expected a value, found " + here());
            }
        }
        at += word.length();
        return value;
    }

    /** -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
    private Json.Num number() {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        int first = peek();
        digits(start);
        if (first == '0' && at - start > (in[start] == '-' ? 2 : 1)) {
            throw error(start, "a number may not start with 0");
        }
        if (peek() == '.') {
            at++;
            digits(start);
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits(start);
        }
        if (at - start > MAX_NUMBER) {
            throw error(start, "a number of " + (at - start) + " characters");
        }
        return new Json.Num(new String(in, start, at - start, StandardCharsets.US_ASCII));
    }

    private void digits(int start) {
        int from = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == from) {
            throw error(at, "expected a digit of the number that starts at byte " + start + ", found " + here());
        }
    }

    private String string() {
        int start = at++;
        int from = at;
        while (peek() >= 0x20 && peek() != '"' && peek() != '\\') {
            at++;
        }
        if (peek() == '"') { // no escapes: decode the bytes as they are
            String plain = utf8(from, at);
            at++;
            return plain;
        }
        StringBuilder out = new StringBuilder(utf8(from, at));
        while (true) {
            int c = peek();
            if (c < 0) {
                throw error(start, "the string that starts here has no end");
            }
            if (c < 0x20) {
                throw error(at, "control character 0x" + Integer.toHexString(c) + " in a string; write it as an escape");
            }
            if (c == '"') {
                at++;
                return out.toString();
            }
            if (c == '\\') {
                escape(out);
            } else {
                int run = at;
                while (peek() >= 0x20 && peek() != '"' && peek() != '\\') {
                    at++;
                }
                out.append(utf8(run, at));
            }
        }
    }

    private void escape(StringBuilder out) {
        int start = at++;
        int c = peek();
        at++;
        switch (c) {
            case '"', '\\', '/' -> out.append((char) c);
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'u' -> {
                char high = hex4();
                if (Character.isLowSurrogate(high)) {
                    throw error(start, "a lone low surrogate");
                }
                out.append(high);
                if (Character.isHighSurrogate(high)) {
                    boolean pair = peek() == '\\' && at + 1 < in.length && in[at + 1] == 'u';
                    at += pair ? 2 : 0;
                    char low = pair ? hex4() : 0;
                    if (!Character.isLowSurrogate(low)) {
                        throw error(start, "a high surrogate without its low one");
                    }
                    out.append(low);
                }
            }
            default -> throw error(start, "unknown escape in a string");
        }
    }

    private char hex4() {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < in.length ? Character.digit(in[at], 16) : -1;
            if (digit < 0) {
                throw error(at, "expected four hexadecimal digits, found " + here());
            }
            code = code << 4 | digit;
            at++;
        }
        return (char) code;
    }

    private String utf8(int from, int to) {
        boolean ascii = true;
        for (int i = from; i < to && ascii; i++) {
            ascii = in[i] >= 0;
        }
        if (ascii) {
            return new String(in, from, to - from, StandardCharsets.ISO_8859_1);
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        try {
            return decoder.decode(ByteBuffer.wrap(in, from, to - from)).toString();
        } catch (CharacterCodingException e) {
            InvalidInput fault = error(from, "a string that is not UTF-8");
            fault.initCause(e);
            throw fault;
        }
    }

    private void skipSpace() {
        while (at < in.length && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t')) {
            at++;
        }
    }

    private int peek() {
        return at < in.length ? in[at] & 0xff : -1;
    }

    private String here() {
        int c = peek();
        return c < 0 ? "the end of the document" : c > 0x20 && c < 0x7f ? "'" + (char) c + "'" : "byte 0x" + Integer.toHexString(c);
    }

    static String quoted(String name) {
        String shown = name.length() <= 80 ? name : name.substring(0, 77) + "...";
        return JsonWriter.compact(shown);
    }

    private InvalidInput error(int position, String message) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < position && i < in.length; i++) {
            line += in[i] == '\n' ? 1 : 0;
            column = in[i] == '\n' ? 1 : column + 1;
        }
        return new InvalidInput(source + ": line " + line + ", column " + column + " (byte " + position + "): " + message);
    }
}
