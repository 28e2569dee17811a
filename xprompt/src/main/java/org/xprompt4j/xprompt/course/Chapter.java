package org.xprompt4j.xprompt.course;

import java.awt.image.BufferedImage;
import java.util.Map;

/** One idea, shown by running it. */
public interface Chapter {
    /** Name of the chapter's file and picture without ending, such as {@code 05-attention-and-its-mask}. */
    String name();

    /** One line: what is to be learned. */
    String idea();

    /** Computes, checks and draws. */
    Lesson run(Materials materials);

    /**
     * What a chapter showed.
     *
     * @param picture the chapter's picture
     * @param figures the numbers that it claims, by name; numbers, texts, lists and maps of them
     */
    record Lesson(BufferedImage picture, Map<String, Object> figures) {
        /** One of the numbers. */
        public double figure(String name) {
            return ((Number) figures.get(name)).doubleValue();
        }
    }
}
