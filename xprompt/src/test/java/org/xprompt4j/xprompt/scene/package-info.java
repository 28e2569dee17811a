/** Tests of scenes. */
package org.xprompt4j.xprompt.scene;
