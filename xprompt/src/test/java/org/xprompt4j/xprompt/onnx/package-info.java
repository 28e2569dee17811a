/** Tests of the ONNX reader on files by hand. */
package org.xprompt4j.xprompt.onnx;
