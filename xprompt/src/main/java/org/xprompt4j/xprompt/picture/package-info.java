/**
 * Pictures without tensors: read from any file, resized as the reference does, written as PNG, laid out on contact sheets.
 * Pictures from outside are untrusted, so {@link org.xprompt4j.xprompt.picture.PictureReader} measures before it decodes.
 * {@link org.xprompt4j.xprompt.picture.Picture} is the 8-bit picture that is stored and compared,
 * {@link org.xprompt4j.xprompt.picture.Pixels} the float one that tasks compute with.
 * Read {@link org.xprompt4j.xprompt.picture.Picture} first, then {@link org.xprompt4j.xprompt.picture.CentreCrop}.
 */
package org.xprompt4j.xprompt.picture;
