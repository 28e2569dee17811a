package org.xprompt4j.xprompt.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Manifest.Entry;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;
import org.xprompt4j.xprompt.picture.WholeFile;

/**
 * Photographs as a plain folder: {@code manifest.json}, whose entries also name a {@code file} each, and the pictures beside it.
 * The form of the small set that the repository carries.
 */
public final class PhotoFolder implements PhotoSource {
    private static final long MAX_MANIFEST = 100_000_000;

    private final Path folder;
    private final List<Photo> photos = new ArrayList<>();
    private final List<String> files = new ArrayList<>();
    private final KeptPictures pictures;
    private final String fingerprint;

    private PhotoFolder(Path folder, byte[] manifest) {
        this.folder = folder;
        String where = folder.resolve(Manifest.FILE_NAME).toString();
        for (Entry entry : Manifest.read(manifest, where)) {
            String at = where + ": photos[" + photos.size() + "]";
            String file = Manifest.text(entry.node(), "file", at);
            if (!file.matches("[A-Za-z0-9_][A-Za-z0-9._-]*")) {
                throw new InvalidInput(at + ".file is \"" + file + "\", expected the plain name of a file in the same folder");
            }
            photos.add(entry.photo());
            files.add(file);
        }
        pictures = new KeptPictures(photos.size(), i -> PictureReader.read(folder.resolve(files.get(i))));
        fingerprint = HexFormat.of().formatHex(Sha256.of(manifest));
    }

    /** @throws InvalidInput if the manifest is missing or wrong */
    public static PhotoFolder open(Path folder) {
        Path file = folder.resolve(Manifest.FILE_NAME);
        try {
            if (Files.size(file) > MAX_MANIFEST) {
                throw new InvalidInput(file + ": is larger than any manifest; prepare the data again");
            }
            return new PhotoFolder(folder, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** A photograph and its encoded file. */
    record Stored(Photo photo, String file, byte[] bytes) {}

    /** Makes such a folder; the manifest comes last, so an interrupted run leaves no folder that can be opened. */
    static void write(Path folder, List<Stored> photographs) {
        List<ObjectNode> nodes = new ArrayList<>();
        for (Stored stored : photographs) {
            WholeFile.write(folder.resolve(stored.file()), stored.bytes());
            nodes.add(Manifest.node(stored.photo()).put("file", stored.file()));
        }
        WholeFile.write(folder.resolve(Manifest.FILE_NAME), Manifest.write(nodes));
    }

    @Override
    public int size() {
        return photos.size();
    }

    @Override
    public Photo photo(int i) {
        return photos.get(i);
    }

    @Override
    public Picture picture(int i) {
        return pictures.get(i, photos.get(i), folder.toString());
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }
}
