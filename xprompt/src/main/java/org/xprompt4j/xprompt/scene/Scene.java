package org.xprompt4j.xprompt.scene;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.List;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.wording.ColourNames;

/**
 * Things on a plain ground.
 *
 * @param ground name of its colour
 * @param things none touches another
 */
public record Scene(String ground, List<Thing> things) {
    /** Colours of things; the ground may also be grey. All far enough from each other to survive a picture tokenizer. */
    public static final List<String> COLOURS = List.of("black", "white", "red", "orange", "yellow", "green", "blue", "purple");

    /** Keeps a copy of the things. */
    public Scene {
        things = List.copyOf(things);
    }

    /**
     * One thing.
     *
     * @param form what it looks like
     * @param colour name of its colour
     * @param x centre, as a share of the picture's side
     * @param y the same, from the top
     * @param size side of the square that it fills, as a share of the picture's side
     */
    public record Thing(Form form, String colour, double x, double y, double size) {
    }

    /** Draws it, [side, side]. */
    public Picture draw(int side) {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(colour(ground));
        g.fillRect(0, 0, side, side);
        for (Thing thing : things) {
            AffineTransform place = AffineTransform.getTranslateInstance(thing.x() * side, thing.y() * side);
            place.scale(thing.size() * side, thing.size() * side);
            g.setColor(colour(thing.colour()));
            g.fill(place.createTransformedShape(thing.form().outline()));
        }
        g.dispose();
        return Picture.of(image);
    }

    private static Color colour(String name) {
        float[] rgb = ColourNames.typical(name);
        return new Color(rgb[0], rgb[1], rgb[2]);
    }
}
