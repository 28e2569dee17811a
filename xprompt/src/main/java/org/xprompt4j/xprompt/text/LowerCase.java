package org.xprompt4j.xprompt.text;

/** Lower case as tokenizers have it: character by character, whatever stands around it. {@code String.toLowerCase} looks at the end of Greek words. */
final class LowerCase {
    private static final int DOTTED_I = 0x130; // the only character whose lower case is two

    private LowerCase() {
    }

    static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == DOTTED_I) {
                out.append("i\u0307");
            } else {
                out.appendCodePoint(Character.toLowerCase(c));
            }
        });
        return out.toString();
    }
}
