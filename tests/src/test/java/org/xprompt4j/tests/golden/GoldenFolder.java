package org.xprompt4j.tests.golden;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.provider.Arguments;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonCheckpoint;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tensor.op.AttentionMask;

/** A Chameleon fixture opened on one backend: the model in float32, its inputs and the expected values. */
final class GoldenFolder implements AutoCloseable {
    static final List<String> CHAMELEONS = List.of("chameleon-tiny", "chameleon-tiny-swin-gqa");
    private static final List<String> DEVICES = List.of("scalar", "cpu");

    final Path path;
    final Backend backend;
    final MemoryScope scope;
    final Ops ops;
    final SafetensorsFile io;
    final Json meta;
    final ChameleonCheckpoint checkpoint;
    final Chameleon model;
    final int batch;
    final int seq;

    GoldenFolder(String device, String folder) {
        path = folder(folder);
        backend = Backends.open(device);
        scope = backend.openScope("golden");
        ops = new Ops(backend, scope);
        io = SafetensorsFile.open(path.resolve("io.safetensors"));
        meta = Json.read(path.resolve("meta.json"));
        checkpoint = ChameleonCheckpoint.open(path);
        model = checkpoint.model(backend, scope, Checkpoint.Weights.F32);
        batch = io.tensor("input_ids").size(0);
        seq = io.tensor("input_ids").size(1);
    }

    /** Every fixture on every device. */
    static Stream<Arguments> everywhere() {
        List<Arguments> all = new ArrayList<>();
        for (String device : DEVICES) {
            CHAMELEONS.forEach(folder -> all.add(Arguments.of(device, folder)));
        }
        return all.stream();
    }

    static Path folder(String name) {
        try {
            return Path.of(GoldenFolder.class.getResource("/golden/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ids [batch, seq] I32. */
    Tensor ids() {
        return scope.of(io.tensor("input_ids").toIntArray(), batch, seq);
    }

    /** Columns from..to of the ids, [batch, to - from] I32. */
    Tensor ids(int from, int to) {
        Tensor part = io.tensor("input_ids").slice(1, from, to);
        return scope.of(part.toIntArray(), batch, to - from);
    }

    /** Positions from..to for every row, [batch, to - from] I32. */
    Tensor positions(int from, int to) {
        int[] positions = new int[batch * (to - from)];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = from + i % (to - from);
        }
        return scope.of(positions, batch, to - from);
    }

    Tensor positions() {
        return positions(0, seq);
    }

    int[][] rows(String name) {
        Tensor tensor = io.tensor(name);
        int[] flat = tensor.toIntArray();
        int[][] rows = new int[tensor.size(0)][tensor.size(1)];
        for (int i = 0; i < flat.length; i++) {
            rows[i / tensor.size(1)][i % tensor.size(1)] = flat[i];
        }
        return rows;
    }

    /** Length of the first segments of a kind, which stand in the order IE, XP, TD in these fixtures. */
    int length(String kind) {
        int length = 0;
        for (Json segment : meta.get("segments").elements()) {
            length += segment.elements().get(0).asString().equals(kind) ? segment.elements().get(1).asInt() : 0;
        }
        return length;
    }

    /** Causal, TD blind to IE. */
    AttentionMask xpromptMask() {
        List<Json> segments = meta.get("segments").elements();
        int[] lengths = new int[segments.size()];
        boolean[][] sees = new boolean[segments.size()][segments.size()];
        for (int q = 0; q < lengths.length; q++) {
            lengths[q] = segments.get(q).elements().get(1).asInt();
            for (int k = 0; k < lengths.length; k++) {
                sees[q][k] = !(kind(segments.get(q)).equals("TD") && kind(segments.get(k)).equals("IE"));
            }
        }
        return AttentionMask.segmented(lengths, sees);
    }

    private static String kind(Json segment) {
        return segment.elements().get(0).asString();
    }

    @Override
    public void close() {
        checkpoint.close();
        io.close();
        scope.close();
        backend.close();
    }
}
