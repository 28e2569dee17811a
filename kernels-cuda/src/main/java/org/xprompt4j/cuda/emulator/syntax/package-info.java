/**
 * PTX text as objects: {@link org.xprompt4j.cuda.emulator.syntax.PtxLexer} makes tokens, {@link org.xprompt4j.cuda.emulator.syntax.PtxParser}
 * a {@link org.xprompt4j.cuda.emulator.syntax.PtxProgram} of functions, variables and operations with the source lines of their {@code .loc}.
 * Nothing here knows what an instruction does.
 */
package org.xprompt4j.cuda.emulator.syntax;
