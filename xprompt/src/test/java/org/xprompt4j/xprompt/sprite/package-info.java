/** Tests of the set of sprites and of its reader. */
package org.xprompt4j.xprompt.sprite;
