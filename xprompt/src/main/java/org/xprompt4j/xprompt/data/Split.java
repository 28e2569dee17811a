package org.xprompt4j.xprompt.data;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Which photographs may be learnt from. Decided by group, so that two pictures of one motif never stand on both sides. */
public enum Split {
    /** For training. */
    TRAIN,
    /** For looking at a training while it runs. */
    VALIDATION,
    /** For the figures that are stated; no training sees them. */
    TEST;

    /**
     * SHA-256 of the group's name as a number, modulo 20: 0 to 2 test, 3 validation, the rest training.
     *
     * @param group name of a motif, in UTF-8
     */
    public static Split ofGroup(String group) {
        byte[] hash = Sha256.of(group.getBytes(StandardCharsets.UTF_8));
        int twentieth = new BigInteger(1, hash).mod(BigInteger.valueOf(20)).intValue();
        return twentieth <= 2 ? TEST : twentieth == 3 ? VALIDATION : TRAIN;
    }
}
