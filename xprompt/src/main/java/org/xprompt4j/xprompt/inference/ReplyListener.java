package org.xprompt4j.xprompt.inference;

import java.util.function.Consumer;

/** Told of an answer while it is drawn. */
public interface ReplyListener {
    /** The next piece of text; pieces put together are the text. May be empty while a character lacks bytes. */
    void text(String piece);

    /** How many codes of the picture under way are drawn, of how many. */
    void code(int drawn, int of);

    /** A picture is whole: its codes [codes], raster order. */
    void picture(int[] codes);

    /** One that follows the words alone. */
    static ReplyListener ofText(Consumer<String> pieces) {
        return new ReplyListener() {
            @Override
            public void text(String piece) {
                pieces.accept(piece);
            }

            @Override
            public void code(int drawn, int of) {
                // only words are wanted
            }

            @Override
            public void picture(int[] codes) {
                // only words are wanted
            }
        };
    }
}
