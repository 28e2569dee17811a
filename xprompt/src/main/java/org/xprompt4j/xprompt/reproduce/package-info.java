/**
 * {@code xp reproduce}: computes from the inputs of a fixture folder all that the folder pins down, so that another
 * implementation, machine or device can be compared tensor by tensor.
 *
 * <p>Read {@link org.xprompt4j.xprompt.reproduce.Reproduction} first: how a folder is recognised; then one kind, such as
 * {@link org.xprompt4j.xprompt.reproduce.ChameleonReproduction}.
 */
package org.xprompt4j.xprompt.reproduce;
