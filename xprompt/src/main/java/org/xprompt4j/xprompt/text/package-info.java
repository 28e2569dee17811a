/**
 * Words: byte-level byte-pair encoding from Hugging Face's {@code tokenizer.json}, and its training. Read {@link
 * org.xprompt4j.xprompt.text.TextTokenizer} first: text to ids and back. {@code TokenizerFile} reads and checks the file;
 * a {@code PreTokenizer} cuts the text into pieces that no token crosses; {@code BytePairs} joins the bytes of a piece.
 * {@link org.xprompt4j.xprompt.text.WordPiece} and {@link org.xprompt4j.xprompt.text.ClipTokenizer} are what encoders of sentences
 * were trained with: one way only, from a text to ids.
 */
package org.xprompt4j.xprompt.text;
