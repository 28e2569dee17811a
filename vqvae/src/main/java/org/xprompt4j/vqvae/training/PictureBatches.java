package org.xprompt4j.vqvae.training;

/** The pictures of a run: a function of the step alone, so that a resumed run sees what an unbroken one would have seen. */
@FunctionalInterface
public interface PictureBatches {
    /**
     * Pictures of one step.
     *
     * @param pixels [batch, height, width, 3] in row-major order, in [-1, 1]
     */
    record Batch(int batch, int height, int width, float[] pixels) {
        /** Refuses pixels that are not as many as the sizes say. */
        public Batch {
            if (batch < 1 || height < 1 || width < 1 || pixels.length != 3L * batch * height * width) {
                throw new IllegalArgumentException(pixels.length + " samples do not make " + batch + " pictures of " + width + " x " + height);
            }
        }
    }

    /** The pictures of a step, which counts from 0. */
    Batch at(int step);
}
