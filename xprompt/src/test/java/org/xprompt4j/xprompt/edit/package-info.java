/** Tests of the exact edits. */
package org.xprompt4j.xprompt.edit;
