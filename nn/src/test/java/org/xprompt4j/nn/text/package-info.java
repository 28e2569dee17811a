/** Tests of the text encoders: sizes and refusals; their numbers are compared with the references in the module {@code tests}. */
package org.xprompt4j.nn.text;
