/**
 * How fast text becomes tokens.
 *
 * <p>Read {@link org.xprompt4j.bench.text.EncodeSpeed} first, then {@link org.xprompt4j.bench.text.EncodeFork}.
 */
package org.xprompt4j.bench.text;
