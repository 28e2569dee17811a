package org.xprompt4j.xprompt.inspect;

import java.util.List;
import java.util.Map;

/**
 * What a file or folder holds.
 *
 * @param path as given
 * @param kind in words, such as "Chameleon model"
 * @param bytes size of the file, or of all files of the folder
 * @param facts settings worth seeing at a glance, in order
 * @param metadata strings that the file carries about itself
 * @param tensors in the order of the file
 * @param parts the files of a folder that hold something
 */
public record Contents(String path, String kind, long bytes, Map<String, Object> facts, Map<String, String> metadata,
        List<TensorEntry> tensors, List<Contents> parts) {

    /**
     * One tensor.
     *
     * @param dtype element type as the file names it
     * @param elements product of the shape
     */
    public record TensorEntry(String name, String dtype, long[] shape, long elements, long bytes) {
    }

    /** Elements of all tensors, those of the parts included. */
    public long parameters() {
        return tensors.stream().mapToLong(TensorEntry::elements).sum() + parts.stream().mapToLong(Contents::parameters).sum();
    }
}
