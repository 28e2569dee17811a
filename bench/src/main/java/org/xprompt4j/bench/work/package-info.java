/**
 * Whole jobs to measure, each a class that is set up once and run again and again: a training step, a decode step, a picture
 * through the autoencoder. The same work in PyTorch is in {@code bench/torch/anchors.py}.
 *
 * <p>Read {@link org.xprompt4j.bench.work.TrainStep} first.
 */
package org.xprompt4j.bench.work;
