/**
 * What a file or folder of this project holds, without loading a model: kinds, settings, metadata, tensors.
 *
 * <p>Read {@link org.xprompt4j.xprompt.inspect.Inspector}; {@link org.xprompt4j.xprompt.inspect.Contents} is what it finds.
 */
package org.xprompt4j.xprompt.inspect;
