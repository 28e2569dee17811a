package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.tensor.file.ContentHash;
import org.xprompt4j.vqvae.TokenCache;

/** Files of picture codes. The hash is put right first, or nothing behind it would ever be looked at; the file is also tried as it is. */
@Tag("fuzz")
class TokenCacheFuzzTest {
    private static final Guard GUARD = new Guard("a.codes", 1 << 17, 100);
    private static final int HASH_AT = 8;
    private static final int HASHED = 72;

    @FuzzTest
    void open(byte[] input) {
        GUARD.check(input, () -> TokenCache.open(GUARD.file()), TokenCacheFuzzTest::writeAndReadAgain);
        if (input.length > HASHED) {
            GUARD.check(hashed(input), () -> TokenCache.open(GUARD.file()), TokenCacheFuzzTest::writeAndReadAgain);
        }
    }

    private static byte[] hashed(byte[] input) {
        byte[] out = input.clone();
        String hash = new ContentHash().bytes(java.nio.ByteBuffer.wrap(out, HASHED, out.length - HASHED)).hex();
        System.arraycopy(hash.getBytes(StandardCharsets.US_ASCII), 0, out, HASH_AT, hash.length());
        return out;
    }

    private static void writeAndReadAgain(TokenCache cache) {
        Path again = GUARD.folder().resolve("b.codes");
        try (cache) {
            List<TokenCache.Grid> grids = IntStream.range(0, cache.size()).mapToObj(cache::grid).toList();
            TokenCache.write(again, cache.fingerprint(), cache.codebook(), grids);
            try (TokenCache copy = TokenCache.open(again)) {
                for (int i = 0; i < grids.size(); i++) {
                    TokenCache.Grid a = grids.get(i);
                    TokenCache.Grid b = copy.grid(i);
                    if (!a.name().equals(b.name()) || a.rows() != b.rows() || a.columns() != b.columns() || !Arrays.equals(a.codes(), b.codes())) {
                        throw new AssertionError("picture " + i + " changed: " + a + " to " + b);
                    }
                }
            }
        }
    }
}
