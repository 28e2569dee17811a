/**
 * The weights inside an ONNX file, read without any runtime: the graph is not run, so only names, shapes and numbers of its initializers are
 * looked at. Read {@link org.xprompt4j.xprompt.onnx.OnnxFile} first; {@code WireMessage} walks protobuf's wire format.
 */
package org.xprompt4j.xprompt.onnx;
