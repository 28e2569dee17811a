/**
 * Files of tensors and of settings, read as if somebody had tampered with them, written whole or not at all.
 *
 * <p>Read {@link org.xprompt4j.tensor.file.SafetensorsFile} first, then {@link org.xprompt4j.tensor.file.Json} (the one
 * reader of headers and {@code config.json}) and {@link org.xprompt4j.tensor.file.AtomicFile}. Every fault of a file is an
 * {@link org.xprompt4j.tensor.InvalidInput} that names the file and the field.
 */
package org.xprompt4j.tensor.file;
