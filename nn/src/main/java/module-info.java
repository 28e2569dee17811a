/** Parameters, layers, optimiser and the Chameleon transformer, written once over {@code org.xprompt4j.tensor.Ops}. */
module org.xprompt4j.nn {
    requires transitive org.xprompt4j.tensor;

    exports org.xprompt4j.nn;
    exports org.xprompt4j.nn.chameleon;
    exports org.xprompt4j.nn.text;
}
