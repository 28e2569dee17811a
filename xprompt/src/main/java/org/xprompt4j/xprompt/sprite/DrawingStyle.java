package org.xprompt4j.xprompt.sprite;

import java.util.Locale;

/** The four ways in which every motif is drawn. */
public enum DrawingStyle {
    /** Areas of one colour. */
    FLAT("flat"),
    /** Areas with gradients. */
    MODERN("shaded"),
    /** Black lines on white. */
    LINE("in black lines"),
    /** As if it stood there, with light and shade. */
    SOLID("in 3d");

    private final String words;

    DrawingStyle(String words) {
        this.words = words;
    }

    /** As it follows "draw it": {@code flat}, {@code in 3d}. */
    public String words() {
        return words;
    }

    /** Name of the sheet without its ending: {@code flat}. */
    String fileName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
