package org.xprompt4j.xprompt.cli;

import picocli.CommandLine.Option;

/** What the codes of pictures are pushed away from. */
public final class GuidanceOptions {
    @Option(names = "--guidance", paramLabel = "G", defaultValue = "2",
            description = "above 1 pushes away from what would be drawn without example and words; 1 for none, which halves the work; default: ${DEFAULT-VALUE}")
    private float guidance;

    @Option(names = "--image-guidance", paramLabel = "G", defaultValue = "0",
            description = "above 0 pushes in turn what is drawn from pictures alone away from what is drawn from nothing, at the cost of a third row;"
                    + " Chameleon's release draws with --guidance 3 --image-guidance 1.2; 0 for none; default: ${DEFAULT-VALUE}")
    private float imageGuidance;

    float guidance() {
        return guidance;
    }

    float imageGuidance() {
        return imageGuidance;
    }
}
