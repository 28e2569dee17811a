/**
 * What the machine can do at best, measured when it is needed: the two roofs that other figures are held against.
 *
 * <p>Read {@link org.xprompt4j.bench.peak.Peak} first.
 */
package org.xprompt4j.bench.peak;
