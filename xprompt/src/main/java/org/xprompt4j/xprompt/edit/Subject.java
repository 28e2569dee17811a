package org.xprompt4j.xprompt.edit;

import org.xprompt4j.xprompt.sprite.DrawingStyle;
import org.xprompt4j.xprompt.sprite.Sprite;

/**
 * A motif in one drawing.
 *
 * @param name "owl"
 * @param style how it is drawn
 * @param drawing without its transparent border, as large as the set has it
 */
record Subject(String name, DrawingStyle style, Sprite drawing) {
    /** As tall or wide as a share of a picture's side, at least a pixel. */
    Sprite sized(float share, int side) {
        return drawing.withLongerSide(Math.clamp(Math.round(share * side), 1, side));
    }

    Subject with(Sprite other) {
        return new Subject(name, style, other);
    }
}
