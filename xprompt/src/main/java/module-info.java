/** The system: prompts, inference, training, tasks and data, evaluation, the command line. */
module org.xprompt4j.xprompt {
    requires transitive org.xprompt4j.vqvae;
    requires transitive org.xprompt4j.nn;
    requires transitive org.xprompt4j.tensor;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires com.github.weisj.jsvg;
    requires java.desktop;
    requires java.management;
    requires org.knowm.xchart;
    requires org.apache.lucene.core;
    requires java.logging; // what Lucene speaks through
    requires static jdk.incubator.vector; // chapters of the course

    exports org.xprompt4j.xprompt.benchmark;
    exports org.xprompt4j.xprompt.course;
    exports org.xprompt4j.xprompt.data;
    exports org.xprompt4j.xprompt.edit;
    exports org.xprompt4j.xprompt.embed;
    exports org.xprompt4j.xprompt.evaluation;
    exports org.xprompt4j.xprompt.inference;
    exports org.xprompt4j.xprompt.metric;
    exports org.xprompt4j.xprompt.models;
    exports org.xprompt4j.xprompt.onnx;
    exports org.xprompt4j.xprompt.picture;
    exports org.xprompt4j.xprompt.prompt;
    exports org.xprompt4j.xprompt.retrieval;
    exports org.xprompt4j.xprompt.scene;
    exports org.xprompt4j.xprompt.sprite;
    exports org.xprompt4j.xprompt.task;
    exports org.xprompt4j.xprompt.training;
    exports org.xprompt4j.xprompt.wording;
    exports org.xprompt4j.xprompt.text;

    opens org.xprompt4j.xprompt.config to com.fasterxml.jackson.databind;
    opens org.xprompt4j.xprompt.evaluation to com.fasterxml.jackson.databind;
    opens org.xprompt4j.xprompt.sprite to com.fasterxml.jackson.databind;
    opens org.xprompt4j.xprompt.training to com.fasterxml.jackson.databind;
    opens org.xprompt4j.xprompt.cli to info.picocli;
    opens org.xprompt4j.xprompt.inspect to com.fasterxml.jackson.databind;
}
