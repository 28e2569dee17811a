package org.xprompt4j.xprompt.prompt;

/**
 * Consecutive tokens of one kind.
 *
 * @param kind what they are
 * @param length how many, 0 or more
 * @param block which example they belong to when examples are compressed separately; 0 otherwise
 */
public record Segment(SegmentKind kind, int length, int block) {
    /** Refuses negative lengths and blocks. */
    public Segment {
        if (length < 0 || block < 0) {
            throw new IllegalArgumentException("segment " + kind + " of length " + length + ", block " + block);
        }
    }

    /** A segment of examples that are compressed together. */
    public Segment(SegmentKind kind, int length) {
        this(kind, length, 0);
    }
}
