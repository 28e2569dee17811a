package org.xprompt4j.xprompt.sprite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.ChildProgram;
import org.xprompt4j.xprompt.data.Sha256;

/** Fetches npm packages of one exact content with {@code npm pack}; nothing is installed and none of their scripts run. */
final class NpmPackages {
    private static final long MINUTES = 30;

    private final Path downloads;

    NpmPackages(Path downloads) {
        this.downloads = downloads;
    }

    /**
     * The package's archive, fetched if it is not there.
     *
     * @throws InvalidInput if there is no npm, no network, or another content than the recorded one
     */
    Path provide(SpriteManifest.Source wanted) {
        try {
            Files.createDirectories(downloads);
            Path archive = fetched(wanted);
            if (archive == null) {
                ChildProgram.run(downloads, MINUTES, new ChildProgram.Advice("install Node.js with npm, or put the package's archive into " + downloads,
                        line -> line.startsWith("npm error") || line.startsWith("npm ERR!") ? line : null, "check the network and that npm is set up"), "npm", "pack", wanted.name() + "@" + wanted.version(), "--silent");
                archive = fetched(wanted);
            }
            if (archive == null) {
                throw new InvalidInput(downloads + ": npm brought no " + wanted.name() + " " + wanted.version() + " with the recorded SHA-256 "
                        + wanted.sha256() + "; remove what is there and try again");
            }
            return archive;
        } catch (IOException e) {
            throw new InvalidInput(downloads + ": cannot be written (" + e.getMessage() + "); name a folder that can with --out", e);
        }
    }

    /** The archive with the recorded hash, whatever it is called, or null. */
    private Path fetched(SpriteManifest.Source wanted) throws IOException {
        return Sha256.find(downloads, "*.tgz", wanted.sha256());
    }
}
