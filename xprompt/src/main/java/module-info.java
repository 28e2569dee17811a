/** The system: prompts, inference, training, tasks and data, evaluation, the command line. */
module org.xprompt4j.xprompt {
    requires transitive org.xprompt4j.tensor;
    requires java.desktop;

    exports org.xprompt4j.xprompt.prompt;
}
