/** Tests of the embedders that need no public weights. */
package org.xprompt4j.xprompt.embed;
