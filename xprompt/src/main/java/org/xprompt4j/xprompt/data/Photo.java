package org.xprompt4j.xprompt.data;

/**
 * A photograph's credits and place.
 *
 * @param id          unique: package, a colon, a short path
 * @param packageName package it was taken from, with version
 * @param path        inside the package; for a file in an archive, archive!entry
 * @param author      who made it
 * @param licence     under which it may be used
 * @param source      where the author published it
 * @param sha256      of the original file
 * @param group       motif; all pictures of a motif stand on one side of the split
 * @param split       who may see it
 * @param caption     what it shows, in English
 * @param width       pixels of the stored picture
 * @param height      pixels of the stored picture
 */
public record Photo(String id, String packageName, String path, String author, String licence, String source, String sha256,
                    String group, Split split, String caption, int width, int height) {

    /** A number that stands for this photograph in random draws, whatever pack it is in: the first 64 bits of its hash. */
    public long key() {
        return Long.parseUnsignedLong(sha256, 0, 16, 16);
    }

    Photo withSize(int w, int h) {
        return new Photo(id, packageName, path, author, licence, source, sha256, group, split, caption, w, h);
    }

    Photo withSplit(Split other) {
        return new Photo(id, packageName, path, author, licence, source, sha256, group, other, caption, width, height);
    }
}
