/**
 * What measuring needs of a device beside its operations: marks in its queue, its caches, and the addresses that a vendor's library
 * is called with.
 *
 * <p>Read {@link org.xprompt4j.cuda.timing.DeviceClock} first.
 */
package org.xprompt4j.cuda.timing;
