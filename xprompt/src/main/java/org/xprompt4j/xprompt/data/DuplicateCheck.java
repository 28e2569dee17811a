package org.xprompt4j.xprompt.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.picture.Picture;

/** Refuses a corpus in which one motif stands in two groups, since a copy of a test photograph could then be learnt from. */
final class DuplicateCheck {
    private static final int SAME = 4;

    private final Set<String> similarButDifferent;
    private final List<Photo> photos = new ArrayList<>();
    private final List<Long> hashes = new ArrayList<>();

    /** @param similarButDifferent pairs of ids joined by " | ", the smaller first, that a person has looked at */
    DuplicateCheck(Set<String> similarButDifferent) {
        this.similarButDifferent = similarButDifferent;
    }

    void add(Photo photo, Picture picture) {
        photos.add(photo);
        hashes.add(DifferenceHash.of(picture));
    }

    /** @throws InvalidInput naming every pair of different groups whose hashes differ in 4 bits or fewer */
    void finish() {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < photos.size(); i++) {
            for (int j = 0; j < i; j++) {
                Photo a = photos.get(i);
                Photo b = photos.get(j);
                int distance = DifferenceHash.distance(hashes.get(i), hashes.get(j));
                String pair = a.id().compareTo(b.id()) < 0 ? a.id() + " | " + b.id() : b.id() + " | " + a.id();
                if (distance <= SAME && !a.group().equals(b.group()) && !similarButDifferent.contains(pair)) {
                    pairs.add(pair + " (distance " + distance + ")");
                }
            }
        }
        if (!pairs.isEmpty()) {
            throw new InvalidInput("catalogue.json: these photographs look like the same motif in two groups: " + String.join(", ", pairs)
                    + "; put each pair into one group, or list it in similarButDifferent");
        }
    }
}
