package org.xprompt4j.xprompt.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.picture.Picture;

/** Photographs with their credits, in a fixed order. Safe for use by several threads. */
public interface PhotoSource {
    /** How many photographs there are. */
    int size();

    /** @param i 0 to size - 1 */
    Photo photo(int i);

    /** The decoded photograph; decoded once and then kept. */
    Picture picture(int i);

    /** SHA-256 over all photographs, so that a cache made from others is recognised. */
    String fingerprint();

    /** The photographs of one side of the split, in order. */
    default int[] indices(Split split) {
        return IntStream.range(0, size()).filter(i -> photo(i).split() == split).toArray();
    }

    /**
     * Opens what {@code xp data prepare} made, or the photographs in the repository.
     *
     * @param path a pack file, a folder with a pack, or a folder with a manifest and pictures
     * @throws InvalidInput if it is none of them, or damaged
     */
    static PhotoSource open(Path path) {
        if (Files.isRegularFile(path)) {
            return PhotoPack.open(path);
        }
        if (Files.isRegularFile(path.resolve(PhotoPack.FILE_NAME))) {
            return PhotoPack.open(path.resolve(PhotoPack.FILE_NAME));
        }
        if (Files.isRegularFile(path.resolve(Manifest.FILE_NAME))) {
            return PhotoFolder.open(path);
        }
        throw new InvalidInput(path + ": holds no photographs (neither " + PhotoPack.FILE_NAME + " nor " + Manifest.FILE_NAME
                + "); make them with: xp data prepare --out " + path);
    }
}
