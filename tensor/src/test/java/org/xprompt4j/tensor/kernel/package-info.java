/** Tests of launch reports and rooflines. */
package org.xprompt4j.tensor.kernel;
