/** Tests of the kernel lab. */
package org.xprompt4j.cuda.lab;
