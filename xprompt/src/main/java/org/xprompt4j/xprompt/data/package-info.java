/**
 * Photographs with their credits: where they come from, how they are split into training and test, how crops are drawn.
 * Read {@link org.xprompt4j.xprompt.data.PhotoSource} first: the photographs in the repository
 * ({@link org.xprompt4j.xprompt.data.PhotoFolder}) and the prepared pack ({@link org.xprompt4j.xprompt.data.PhotoPack}) are both one.
 * {@link org.xprompt4j.xprompt.data.DataPreparation} makes the pack from Debian packages, among them the Qt resource files that
 * {@link org.xprompt4j.xprompt.data.RccArchive} opens; {@link org.xprompt4j.xprompt.data.Crops} draws training squares.
 */
package org.xprompt4j.xprompt.data;
