package org.xprompt4j.xprompt.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Turns ids into text as they come: a character whose bytes are spread over several tokens appears with the last of them. */
public final class TextStream {
    private final TextTokenizer tokenizer;
    private final boolean withSpecials;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer waiting = ByteBuffer.allocate(64); // bytes of an unfinished character, ready to be read

    TextStream(TextTokenizer tokenizer, boolean withSpecials) {
        this.tokenizer = tokenizer;
        this.withSpecials = withSpecials;
        waiting.limit(0);
    }

    /** What the id adds to the text; empty for the first bytes of a character and for specials that are left out. */
    public String append(int id) {
        if (!withSpecials && tokenizer.isSpecial(id)) {
            return "";
        }
        return decode(tokenizer.bytes(id), false);
    }

    /** What is left: U+FFFD for a character that was never finished. */
    public String finish() {
        String last = decode(new byte[0], true);
        decoder.reset();
        return last;
    }

    private String decode(byte[] bytes, boolean end) {
        ByteBuffer in = ByteBuffer.allocate(waiting.remaining() + bytes.length).put(waiting).put(bytes).flip();
        CharBuffer out = CharBuffer.allocate(in.remaining() + 4);
        decoder.decode(in, out, end);
        if (end) {
            decoder.flush(out);
        }
        waiting = in.compact().flip();
        return out.flip().toString();
    }
}
