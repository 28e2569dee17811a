package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.tensor.file.ShardedSafetensors;

/**
 * The index of a model in shards, beside two good shards: {@code a.safetensors} holds {@code w} and {@code b.safetensors} holds
 * {@code x} and {@code y}. What stands behind a zero byte, which no index can hold, replaces the second shard.
 */
@Tag("fuzz")
class ShardsFuzzTest {
    private static final Guard GUARD = new Guard(ShardedSafetensors.INDEX, 1 << 18, 600);
    private static final byte[] FIRST = shard("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}      ", 4);
    private static final byte[] SECOND = shard("{\"x\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
            + "\"y\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[2,3]}}", 3);

    static byte[] shard(String header, int data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[8 + text.length + data];
        out[0] = (byte) text.length; // below 128
        System.arraycopy(text, 0, out, 8, text.length);
        return out;
    }

    @FuzzTest
    @DictionaryEntries({"\"weight_map\":{", "\"a.safetensors\"", "\"b.safetensors\"", "\"w\":", "\"x\":", "\"y\":", "../a.safetensors"})
    void open(byte[] input) {
        int end = 0;
        while (end < input.length && input[end] != 0) {
            end++;
        }
        GUARD.put("a.safetensors", FIRST);
        GUARD.put("b.safetensors", end == input.length ? SECOND : Arrays.copyOfRange(input, end + 1, input.length));
        GUARD.put(ShardedSafetensors.INDEX, Arrays.copyOf(input, end));
        GUARD.check(input, GUARD.folder().toString(), () -> ShardedSafetensors.open(GUARD.folder()), weights -> {
            try (weights) {
                for (String name : weights.names()) {
                    if (weights.shape(name).numel() < 0 || !weights.contains(name)) {
                        throw new AssertionError(name + " is not what the header says");
                    }
                }
            }
        });
    }
}
