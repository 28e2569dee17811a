package org.xprompt4j.xprompt.text;

import java.util.Locale;

/** What becomes of the matches of a splitting pattern, as Hugging Face's tokenizers name it. */
enum SplitBehaviour {
    /** A match is a piece of its own. */
    ISOLATED("Isolated"),
    /** A match is dropped. */
    REMOVED("Removed"),
    /** Matches that touch are one piece. */
    CONTIGUOUS("Contiguous"),
    /** A match belongs to what stands before it. */
    MERGED_WITH_PREVIOUS("MergedWithPrevious"),
    /** A match belongs to what stands behind it. */
    MERGED_WITH_NEXT("MergedWithNext");

    private final String written;

    SplitBehaviour(String written) {
        this.written = written;
    }

    /** The behaviour of this name, or null. Names are compared without case, as files of both forms exist. */
    static SplitBehaviour of(String name) {
        for (SplitBehaviour behaviour : values()) {
            if (behaviour.written.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT).replace("_", ""))) {
                return behaviour;
            }
        }
        return null;
    }

    /** Takes stretches of a text in order, matches and what lies between them, and appends the pieces they make. */
    final class Cutter {
        private final Pieces out;
        private boolean lastWasMatch;
        private boolean begun;
        private int pending = -1; // start of a match that waits for its successor

        Cutter(Pieces out) {
            this.out = out;
        }

        /** The next stretch; empty ones are ignored. */
        void take(int start, int end, boolean match) {
            if (start >= end) {
                return;
            }
            switch (SplitBehaviour.this) {
                case ISOLATED -> out.add(start, end);
                case REMOVED -> {
                    if (!match) {
                        out.add(start, end);
                    }
                }
                case CONTIGUOUS -> {
                    if (begun && match == lastWasMatch) {
                        out.extend(end);
                    } else {
                        out.add(start, end);
                    }
                }
                case MERGED_WITH_PREVIOUS -> {
                    if (match && begun && !lastWasMatch) {
                        out.extend(end);
                    } else {
                        out.add(start, end);
                    }
                }
                case MERGED_WITH_NEXT -> {
                    if (match) {
                        if (pending >= 0) {
                            out.add(pending, start);
                        }
                        pending = start;
                    } else {
                        out.add(pending >= 0 ? pending : start, end);
                        pending = -1;
                    }
                }
            }
            lastWasMatch = match;
            begun = true;
        }

        /** Nothing follows. */
        void finish(int end) {
            if (pending >= 0) {
                out.add(pending, end);
            }
        }
    }
}
