package org.xprompt4j.xprompt.data;

import java.nio.charset.StandardCharsets;
import org.xprompt4j.tensor.Philox;

/**
 * Random draws that are functions of what they are for: the stream of {@link Philox} is mixed from a purpose and any number of
 * keys (photograph, crop, task), so that each draw can be made again alone, in any order, on any machine.
 */
public final class Draws {
    private Draws() {}

    /**
     * @param seed    of the run
     * @param purpose names what is drawn, so that two purposes never share numbers
     * @param keys    what it is drawn for
     */
    public static Philox of(long seed, String purpose, long... keys) {
        long stream = 0;
        for (byte b : purpose.getBytes(StandardCharsets.UTF_8)) {
            stream = mix(stream ^ b);
        }
        for (long key : keys) {
            stream = mix(stream ^ key);
        }
        return new Philox(seed, stream);
    }

    /** Half of the time true. */
    public static boolean coin(Philox random) {
        return random.nextInt() < 0;
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), a bijection that changes half of the bits. */
    private static long mix(long x) {
        x += 0x9E3779B97F4A7C15L;
        x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return x ^ x >>> 31;
    }
}
