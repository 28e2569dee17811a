/** Tests of what is said of edits. */
package org.xprompt4j.xprompt.wording;
