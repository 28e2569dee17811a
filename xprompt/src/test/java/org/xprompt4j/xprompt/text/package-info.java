/** Tests of the text tokenizer: cuts, joins, files and training. */
package org.xprompt4j.xprompt.text;
