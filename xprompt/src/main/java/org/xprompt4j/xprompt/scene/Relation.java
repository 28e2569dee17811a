package org.xprompt4j.xprompt.scene;

import org.xprompt4j.xprompt.scene.Scene.Thing;

/** How a first thing lies to a second one. */
public enum Relation {
    /** To the left of it. */
    LEFT("left of"),
    /** To the right of it. */
    RIGHT("right of"),
    /** Above it. */
    ABOVE("above"),
    /** Below it. */
    BELOW("below");

    private static final double LEAST = 0.1; // of the picture's side, GenEval's margin

    private final String words;

    Relation(String words) {
        this.words = words;
    }

    /** As it is said between the two: {@code left of}. */
    public String words() {
        return words;
    }

    /** How the second thing lies to the first. */
    public Relation opposite() {
        return switch (this) {
            case LEFT -> RIGHT;
            case RIGHT -> LEFT;
            case ABOVE -> BELOW;
            case BELOW -> ABOVE;
        };
    }

    /** True when the centres lie so by at least a tenth of the side. */
    public boolean holds(Thing first, Thing second) {
        return switch (this) {
            case LEFT -> first.x() < second.x() - LEAST;
            case RIGHT -> first.x() > second.x() + LEAST;
            case ABOVE -> first.y() < second.y() - LEAST;
            case BELOW -> first.y() > second.y() + LEAST;
        };
    }

    /** The relation that says best how two things lie: along the axis on which they are further apart. */
    public static Relation between(Thing first, Thing second) {
        double dx = second.x() - first.x();
        double dy = second.y() - first.y();
        return Math.abs(dx) >= Math.abs(dy) ? dx > 0 ? LEFT : RIGHT : dy > 0 ? ABOVE : BELOW;
    }
}
