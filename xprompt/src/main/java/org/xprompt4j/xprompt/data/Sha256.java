package org.xprompt4j.xprompt.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;

/** SHA-256, which every JDK has. */
public final class Sha256 {
    private Sha256() {}

    static byte[] of(byte[] bytes) {
        return digest().digest(bytes);
    }

    /** Of bytes, as 64 hexadecimal digits. */
    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(of(bytes));
    }

    static String hex(ByteBuffer bytes) {
        MessageDigest digest = digest();
        digest.update(bytes);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Of a file's bytes, in hexadecimal digits. */
    public static String hex(Path file) throws IOException {
        MessageDigest digest = digest();
        update(digest, file);
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Of the bytes of several files one after another, in hexadecimal digits.
     *
     * @throws InvalidInput when one cannot be read
     */
    public static String hexOf(List<Path> files) {
        MessageDigest digest = digest();
        for (Path file : files) {
            try {
                update(digest, file);
            } catch (IOException e) {
                throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * The file in a folder that has this hash, whatever it is called; null when none has.
     *
     * @param glob which files are looked at
     */
    public static Path find(Path folder, String glob, String sha256) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
            for (Path file : files) {
                if (hex(file).equals(sha256)) {
                    return file;
                }
            }
        }
        return null;
    }

    private static void update(MessageDigest digest, Path file) throws IOException {
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
    }

    /** A digest that has seen nothing. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
