/**
 * Training in BF16 beside training in F32: the same recipe, seed and data in both. Read {@link org.xprompt4j.tests.precision.LossInBothPrecisions} first;
 * its long form draws {@code docs/precision.png}.
 */
package org.xprompt4j.tests.precision;
