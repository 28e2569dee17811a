package org.xprompt4j.xprompt.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Catalogue.DebianPackage;

/**
 * Fetches Debian packages with the system's own {@code apt-get download} and unpacks them with {@code dpkg-deb -x}; nothing is
 * installed. A package that is already there and has the recorded hash is not fetched again.
 */
final class DebianPackages {
    private static final long MINUTES = 30;

    private final Path downloads;
    private final Path unpacked;

    DebianPackages(Path folder) {
        downloads = folder.resolve("packages");
        unpacked = folder.resolve("unpacked");
    }

    /**
     * @return the folder with the unpacked package
     * @throws InvalidInput if the clients are missing, there is no network, or the package is not the one recorded
     */
    Path provide(DebianPackage wanted) {
        Path folder = unpacked.resolve(wanted.name());
        if (Files.isDirectory(folder)) {
            return folder;
        }
        try {
            Files.createDirectories(downloads);
            Files.createDirectories(unpacked);
            Path archive = fetched(wanted);
            if (archive == null) {
                run(downloads, "apt-get", "download", wanted.name() + "=" + wanted.version());
                archive = fetched(wanted);
            }
            if (archive == null) {
                throw new InvalidInput(downloads + ": apt-get brought no " + wanted.name() + " " + wanted.version() + " with the recorded SHA-256 "
                        + wanted.sha256() + "; remove what is there and try again");
            }
            Path part = unpacked.resolve(wanted.name() + ".part");
            delete(part);
            run(unpacked, "dpkg-deb", "-x", archive.toAbsolutePath().toString(), part.toAbsolutePath().toString());
            return Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new InvalidInput(downloads + ": cannot be written (" + e.getMessage() + "); name a folder that can with --out", e);
        }
    }

    /** Removes what was unpacked; the packages stay, so that a second run needs no network. */
    void removeUnpacked() {
        try {
            delete(unpacked);
        } catch (IOException e) {
            throw new InvalidInput(unpacked + ": cannot be removed (" + e.getMessage() + ")", e);
        }
    }

    /** The package of this name with the recorded hash, or null. */
    private Path fetched(DebianPackage wanted) throws IOException {
        return Sha256.find(downloads, wanted.name() + "_*.deb", wanted.sha256());
    }

    private static void run(Path folder, String... command) throws IOException {
        ChildProgram.run(folder, MINUTES, new ChildProgram.Advice(
                "preparing data needs Debian 12 (or put the packages into " + folder + " and install dpkg)",
                line -> line.startsWith("E: ") || line.startsWith("dpkg-deb: error") ? line : null,
                "check the network, run apt-get update, and see that this is Debian 12"), command);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }
}
