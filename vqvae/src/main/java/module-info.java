/** The VQGAN image tokenizer and its training. */
module org.xprompt4j.vqvae {
    requires transitive org.xprompt4j.nn;
    requires transitive org.xprompt4j.tensor;

    exports org.xprompt4j.vqvae;
    exports org.xprompt4j.vqvae.training;
}
