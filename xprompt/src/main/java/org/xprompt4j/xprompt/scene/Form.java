package org.xprompt4j.xprompt.scene;

import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.Locale;

/** What a thing of a scene looks like. Each fills a square of side 1 around the origin. */
public enum Form {
    /** A disc. */
    CIRCLE,
    /** An upright square. */
    SQUARE,
    /** A triangle that stands on its base. */
    TRIANGLE,
    /** Five points. */
    STAR,
    /** A disc with a round hole. */
    RING,
    /** A heart. */
    HEART,
    /** Two upright bars of a third of the side. */
    CROSS;

    /** One of it: {@code star}. */
    public String singular() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Several: {@code stars}, {@code crosses}. */
    public String plural() {
        return singular() + (this == CROSS ? "es" : "s");
    }

    /** The outline; y grows downwards. */
    Shape outline() {
        return switch (this) {
            case CIRCLE -> new Ellipse2D.Double(-0.5, -0.5, 1, 1);
            case SQUARE -> new Rectangle2D.Double(-0.44, -0.44, 0.88, 0.88);
            case TRIANGLE -> polygon(0, -0.5, 0.54, 0.44, -0.54, 0.44);
            case STAR -> star();
            case RING -> {
                Area ring = new Area(new Ellipse2D.Double(-0.5, -0.5, 1, 1));
                ring.subtract(new Area(new Ellipse2D.Double(-0.26, -0.26, 0.52, 0.52)));
                yield ring;
            }
            case HEART -> heart();
            case CROSS -> {
                Area cross = new Area(new Rectangle2D.Double(-0.5, -0.17, 1, 0.34));
                cross.add(new Area(new Rectangle2D.Double(-0.17, -0.5, 0.34, 1)));
                yield cross;
            }
        };
    }

    private static Path2D polygon(double... points) {
        Path2D path = new Path2D.Double();
        path.moveTo(points[0], points[1]);
        for (int i = 2; i < points.length; i += 2) {
            path.lineTo(points[i], points[i + 1]);
        }
        path.closePath();
        return path;
    }

    private static Path2D star() {
        double[] points = new double[20];
        for (int i = 0; i < 10; i++) {
            double radius = i % 2 == 0 ? 0.56 : 0.23;
            double angle = Math.PI * i / 5;
            points[2 * i] = radius * Math.sin(angle);
            points[2 * i + 1] = 0.03 - radius * Math.cos(angle);
        }
        return polygon(points);
    }

    private static Path2D heart() {
        Path2D path = new Path2D.Double();
        path.moveTo(0, 0.5);
        path.curveTo(-0.75, 0, -0.5, -0.6, 0, -0.25);
        path.curveTo(0.5, -0.6, 0.75, 0, 0, 0.5);
        path.closePath();
        return path;
    }
}
