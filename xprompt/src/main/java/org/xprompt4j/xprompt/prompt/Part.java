package org.xprompt4j.xprompt.prompt;

import java.util.Arrays;

/** What a prompt is made of, in any order: pictures and words. Parts are equal when their contents are. */
public sealed interface Part {
    /**
     * A picture.
     *
     * @param codes [codes], raster order
     */
    record Image(int[] codes) implements Part {
        @Override
        public boolean equals(Object other) {
            return other instanceof Image image && Arrays.equals(codes, image.codes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(codes);
        }
    }

    /**
     * Words.
     *
     * @param ids [tokens], vocabulary ids
     */
    record Text(int[] ids) implements Part {
        @Override
        public boolean equals(Object other) {
            return other instanceof Text text && Arrays.equals(ids, text.ids);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(ids);
        }
    }
}
