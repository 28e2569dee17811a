/** What the tests of this module share: {@link org.xprompt4j.xprompt.TinyModel} and {@link org.xprompt4j.xprompt.PaintedPhotos}. */
package org.xprompt4j.xprompt;
