package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import org.xprompt4j.tensor.InvalidInput;

/** Where the shipped model, photographs and configurations are: the folder that the launcher passes. */
final class Home {
    private static final String PROPERTY = "xprompt4j.home";

    private Home() {
    }

    /** A path inside the installation. */
    static Path path(String relative) {
        String home = System.getProperty(PROPERTY);
        if (home == null) {
            throw new InvalidInput("the shipped files are not known here; start the program by its launcher, pass -D" + PROPERTY
                    + "=DIR to the JVM, or name the file or folder with an option");
        }
        return Path.of(home).resolve(relative);
    }
}
