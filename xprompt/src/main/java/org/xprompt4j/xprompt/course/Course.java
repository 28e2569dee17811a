package org.xprompt4j.xprompt.course;

import java.util.List;
import org.xprompt4j.tensor.InvalidInput;

/** The chapters in their order. */
public final class Course {
    private static final List<Chapter> CHAPTERS = List.of(new TensorsAndMemory(), new VectorsAndLoads(), new MatmulLadder(), new AutogradByHand(), new AttentionAndMask(), new RopeAndNorms(),
            new ChameleonBlock(), new CodesOfAPicture(), new Compression(),
            new Training(), new Sampling(), new PicturesAndWords());

    private Course() {
    }

    /** The chapters in their order. */
    public static List<Chapter> chapters() {
        return CHAPTERS;
    }

    /**
     * A chapter by its number.
     *
     * @param number counts from 1
     * @throws InvalidInput when there is none
     */
    public static Chapter chapter(int number) {
        if (number < 1 || number > CHAPTERS.size()) {
            throw new InvalidInput("there is no chapter " + number + "; the course has chapters 1 to " + CHAPTERS.size() + ", xp course lists them");
        }
        return CHAPTERS.get(number - 1);
    }
}
