package org.xprompt4j.cuda.emulator;

/** State spaces of memory instructions. */
enum Space {
    GENERIC("generic"), GLOBAL("global"), SHARED("shared"), LOCAL("local"), PARAMETER("parameter");

    final String words;

    Space(String words) {
        this.words = words;
    }
}
