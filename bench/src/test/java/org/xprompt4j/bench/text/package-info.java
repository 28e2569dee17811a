/** Tests of the measurement of the text tokenizer. Read {@link org.xprompt4j.bench.text.EncodeForkTest} first. */
package org.xprompt4j.bench.text;
