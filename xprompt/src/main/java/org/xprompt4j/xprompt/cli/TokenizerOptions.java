package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.xprompt.inference.PictureTokenizer;
import picocli.CommandLine.Option;

/** Which image tokenizer to use, on which device. */
public final class TokenizerOptions {
    /** A tokenizer with all that it stands on; close it. */
    static final class Opened implements AutoCloseable {
        private final Backend backend;
        private final MemoryScope weights;
        private final PictureTokenizer tokenizer;

        Opened(Path folder, String device) {
            backend = Backends.open(device);
            boolean done = false;
            try {
                weights = backend.openScope("tokenizer weights");
                tokenizer = new PictureTokenizer(backend, VqganCheckpoint.load(backend, weights, folder));
                done = true;
            } finally {
                if (!done) {
                    backend.close();
                }
            }
        }

        PictureTokenizer tokenizer() {
            return tokenizer;
        }

        Vqgan vqgan() {
            return tokenizer.vqgan();
        }

        String fingerprint() {
            return VqganCheckpoint.fingerprint(vqgan());
        }

        @Override
        public void close() {
            weights.close();
            backend.close();
        }
    }

    @Option(names = "--model", paramLabel = "DIR",
            description = "folder with the image tokenizer: a VQGAN, or a model that holds one; default: the one shipped with the program")
    private Path model;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", converter = DeviceName.class, description = DeviceName.DESCRIPTION)
    private String device;

    Opened open() {
        return new Opened(model != null ? model : Home.path("xprompt/models/demo"), device);
    }
}
