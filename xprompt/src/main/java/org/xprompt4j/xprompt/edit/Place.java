package org.xprompt4j.xprompt.edit;

/** Nine places of a picture. */
enum Place {
    TOP_LEFT("in the top left corner"), TOP("at the top"), TOP_RIGHT("in the top right corner"),
    LEFT("on the left"), MIDDLE("in the middle"), RIGHT("on the right"),
    BOTTOM_LEFT("in the bottom left corner"), BOTTOM("at the bottom"), BOTTOM_RIGHT("in the bottom right corner");

    private static final int EACH_WAY = 3;
    private static final double MARGIN = 0.08; // share of the free room that is left at the border

    private final String words;

    Place(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /**
     * Left edge of a drawing that stands here.
     *
     * @param free width of the picture less that of the drawing
     * @param shift pixels to the right of the usual place
     */
    int left(int free, int shift) {
        return at(ordinal() % EACH_WAY, free, shift);
    }

    /** As {@link #left}, downwards. */
    int top(int free, int shift) {
        return at(ordinal() / EACH_WAY, free, shift);
    }

    /** @param step 0 at the near border, 1 in the middle, 2 at the far border */
    static int at(int step, int free, int shift) {
        double share = switch (step) {
            case 0 -> MARGIN;
            case 1 -> 0.5;
            default -> 1 - MARGIN;
        };
        return Math.clamp(Math.round(share * free) + shift, 0, free);
    }
}
