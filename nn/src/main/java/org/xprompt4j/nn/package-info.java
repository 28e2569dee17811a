/**
 * What networks are made of: named parameters, small layers over the fused operations, and what trains them (AdamW, learning
 * rate schedules, gradient clipping). A layer is a plain method over {@code Ops}: with a tape it trains, without it infers.
 *
 * <p>Read {@link org.xprompt4j.nn.Module} first, then {@link org.xprompt4j.nn.Linear}.
 */
package org.xprompt4j.nn;
