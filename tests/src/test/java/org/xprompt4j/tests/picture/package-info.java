/**
 * Pictures that somebody hands over: rare kinds, whose right answer is known, and files made to harm. Read
 * {@link org.xprompt4j.tests.picture.HostilePictureTest} first, then {@link org.xprompt4j.tests.picture.PngBytes}, which
 * builds most of the files.
 */
package org.xprompt4j.tests.picture;
